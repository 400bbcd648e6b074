// Searching and climbing among natural changes, and regressions as a goal.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "dflare/error.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{12, 12, 1};
const NaturalBox kBox{.rotate = 25, .shift = 0.1, .contrast = 1.6, .light = 60};

// The label says whether an image is bright; the compressed model puts the border of dark and bright elsewhere where
// the left half is lighter than the right one. How far apart the borders are is what a search can raise.
void leads(InputView in, double apart, std::span<float> out) {
  double left = 0, right = 0;
  for (int i = 0; i < static_cast<int>(in.shape.size()); ++i) (i % 12 < 6 ? left : right) += in.data[i] / 72.0;
  const double z = ((left + right) / 2 - 110) / 10 - apart * (left - right) / 40;
  out[0] = 0;
  out[1] = static_cast<float>(z);
}

toy::ToyPair borders() {
  return {kShape, 2, [](InputView in, std::span<float> out) { leads(in, 0, out); },
          [](InputView in, std::span<float> out) { leads(in, 1, out); }};
}

SeedSet slopes() {
  std::vector<Input> images;
  for (int n = 0; n < 12; ++n) {
    Input& image = images.emplace_back(kShape);
    for (int i = 0; i < static_cast<int>(kShape.size()); ++i)
      image.pixels[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(150 + 2 * n + (i % 12 < 6 ? 14 : -14));
  }
  return toy::seeds_of(std::move(images));
}

SearchSettings natural() {
  SearchSettings s = toy::settings();
  s.strategy.name = "natural";
  s.natural_box = kBox;
  s.seed_filter = SeedFilter::kAgree;
  return s;
}

std::map<std::int32_t, Finding> by_seed(const Events& events) {
  std::map<std::int32_t, Finding> found;
  for (const Finding& f : events.findings) found[f.seed.value] = f;
  return found;
}

TEST(NaturalSearch, FindsWhatOnlySeveralChangesTogetherShow) {
  const Events events = toy::search(borders(), slopes(), natural());
  EXPECT_EQ(by_seed(events).size(), 12U);
}

TEST(NaturalSearch, NeverLeavesItsBox) {
  SearchSettings s = natural();
  s.natural_box = {.light = 20};  // too little to reach the border of dark and bright
  s.max_queries = 60;
  EXPECT_TRUE(toy::search(borders(), slopes(), s).findings.empty());
}

TEST(NaturalSearch, GivesUpWhereNothingChangesTheImage) {
  SearchSettings s = natural();
  s.natural_box = {.rotate = 1e-9};
  s.max_queries = 5000;
  for (const SeedDone& done : toy::search(borders(), slopes(), s).done) {
    EXPECT_EQ(done.end, ChainEnd::kGaveUp);
    EXPECT_LT(done.queries, 300);
  }
}

TEST(NaturalClimbing, RaisesTheSeverityAndTellsWhatOfItIsOwedToWhat) {
  SearchSettings s = natural();
  s.refine = Refine::kClimb;
  s.refine_queries = 100;
  int higher = 0;
  for (const auto& [seed, f] : by_seed(toy::search(borders(), slopes(), s))) {
    EXPECT_GE(f.severity, f.severity_found) << "seed " << seed;
    EXPECT_LE(f.refine_queries, 100);
    higher += f.severity > 1.5 * f.severity_found ? 1 : 0;
    const auto how = nlohmann::json::parse(f.how);
    EXPECT_EQ(how.at("end_point"), "natural");
    const auto& without = how.at("without");
    ASSERT_TRUE(without.contains("light")) << f.how;
    EXPECT_LT(without.at("light").get<double>(), 0) << "no image here is bright without being made darker";
  }
  EXPECT_GE(higher, 9);
}

TEST(NaturalClimbing, KeepsToItsQueriesInAll) {
  SearchSettings s = natural();
  s.refine = Refine::kClimb;
  s.total_queries = 41;
  for (const SeedDone& done : toy::search(borders(), slopes(), s).done)
    EXPECT_LE(done.queries + done.refine_queries, 41);
}

TEST(Regressions, AreAllThatCountsWhereTheyAreTheGoal) {
  SearchSettings s = natural();
  s.goal = Goal::kRegression;
  s.refine = Refine::kClimb;
  s.refine_queries = 60;
  const auto found = by_seed(toy::search(borders(), slopes(), s));
  EXPECT_GE(found.size(), 10U);
  for (const auto& [seed, f] : found) {
    EXPECT_EQ(f.kind, FindingKind::kCompressedLost) << "seed " << seed;
    EXPECT_GT(f.regression(), 0);
    EXPECT_DOUBLE_EQ(f.regression(), std::min(f.margin_original, -f.margin_compressed));
  }
}

TEST(Regressions, TooMildOnesDoNotCount) {
  SearchSettings s = natural();
  s.goal = Goal::kRegression;
  s.min_severity = 0.3;
  for (const auto& [seed, f] : by_seed(toy::search(borders(), slopes(), s))) EXPECT_GE(f.regression(), 0.3) << seed;
}

TEST(NaturalSettings, WhatCannotBeIsRefused) {
  const auto refused = [](auto change) {
    SearchSettings s = natural();
    change(s);
    EXPECT_THROW(check_settings(s), Error);
  };
  refused([](SearchSettings& s) { s.natural_box = {}; });
  refused([](SearchSettings& s) { s.strategy.kind = InputKind::kArray; });
  refused([](SearchSettings& s) { s.total_queries = 3; });
  EXPECT_NO_THROW(check_settings(natural()));
}

}  // namespace
}  // namespace dflare
