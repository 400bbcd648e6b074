// Points on the original's boundary lie there, and a shift at them is what it says.
#include "rank/boundary_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "dflare/corruptions.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr OutputReading kLogits{OutputKind::kLogits, 0, 0};

// Says 1 where the image is brighter than 128; an image of 120 gets there by brightening.
std::unique_ptr<Model> bright() {
  return make_function_model(kShape, 2, [](InputView in, std::span<float> out) {
    out[0] = 0;
    out[1] = static_cast<float>((toy::mean_of(in) - 128) / 16);
  });
}

std::vector<SeedIndex> all_of(const SeedSet& seeds) {
  std::vector<SeedIndex> list;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) list.emplace_back(static_cast<std::int32_t>(i));
  return list;
}

// By every kind of corruption, up to severity 5 and then beyond, so many paths at a time.
std::vector<NaturalImage> points_of(const SeedSet& seeds, int workers = 1, int batch = 8, std::size_t piece = 1000) {
  const std::vector<SeedIndex> from = all_of(seeds);
  std::vector<int> labels;
  for (const Seed& seed : seeds.seeds) labels.push_back(toy::mean_of(seed.input.view()) > 128 ? 1 : 0);
  const std::unique_ptr<Model> model = bright();
  Asker asker(*model, {.workers = workers, .batch = batch});
  BoundaryPaths paths(asker, kLogits, seeds, from, labels, 5);
  std::vector<NaturalImage> all;
  const auto follow_all = [&] {
    while (!paths.round_done()) {
      const std::vector<NaturalImage> points = paths.follow(piece, [] { return false; });
      all.insert(all.end(), points.begin(), points.end());
    }
  };
  paths.begin_round(4);
  follow_all();
  paths.begin_round(static_cast<int>(corruptions().size()) - 4);
  follow_all();
  for (const NaturalImage& point : all) EXPECT_LT(point.strength, 0.5);
  paths.begin_beyond();
  follow_all();
  EXPECT_EQ(paths.paths(), corruptions().size() * seeds.seeds.size());
  return all;
}

// A small step further, and the label is left.
TEST(BoundaryPoints, LieJustInsideTheBoundary) {
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 120), toy::filled(kShape, 140)});
  const std::vector<NaturalImage> points = points_of(seeds);
  ASSERT_GE(points.size(), 2U) << "brightening the one and darkening the other lead there";
  for (const NaturalImage& point : points) {
    Input inside(kShape);
    Input outside(kShape);
    NaturalImage next = point;
    next.strength += 0.0049;
    render(seeds, point, inside.pixels);
    render(seeds, next, outside.pixels);
    const bool seed_is_bright = point.seed.value == 1;
    EXPECT_EQ(toy::mean_of(inside.view()) > 128, seed_is_bright);
    EXPECT_NE(toy::mean_of(outside.view()) > 128, seed_is_bright);
  }
}

// Black gets above 128 by brightening alone, and not by what is natural of it.
TEST(BoundaryPoints, FarInputsAreReachedBeyondNaturalStrengthsOnly) {
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 0)});
  for (const NaturalImage& point : points_of(seeds)) {
    EXPECT_EQ(corruptions()[static_cast<std::size_t>(point.corruption)]->name(), "brighten");
    EXPECT_GE(point.strength, 0.5);
  }
}

TEST(BoundaryPoints, PathGivesNoMoreThanOnePoint) {
  const SeedSet seeds = toy::varied_seeds(kShape, 30);
  std::set<std::pair<int, int>> seen;
  for (const NaturalImage& point : points_of(seeds)) {
    EXPECT_TRUE(seen.emplace(point.seed.value, point.corruption).second);
  }
  EXPECT_GT(seen.size(), 30U);
}

TEST(BoundaryPoints, DoNotDependOnBatchWorkersOrPieces) {
  const SeedSet seeds = toy::varied_seeds(kShape, 12);
  const std::vector<NaturalImage> expected = points_of(seeds);
  ASSERT_FALSE(expected.empty());
  for (const auto& [workers, batch, piece] : {std::tuple{1, 1, 3U}, {3, 5, 1000U}, {2, 64, 50U}}) {
    const std::vector<NaturalImage> points = points_of(seeds, workers, batch, piece);
    ASSERT_EQ(points.size(), expected.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(points[i].strength, expected[i].strength);
      EXPECT_EQ(points[i].key, expected[i].key);
    }
  }
}

Answers says(std::vector<float> logits) {
  Answers answers;
  std::ranges::copy(logits, answers.prepare(1, logits.size()).begin());
  answers.interpret(kLogits);
  return answers;
}

TEST(Shift, IsTheDifferenceOfLogOddsOfTheTwoLabels) {
  const Answers f = says({2, 1.5F, -3});
  EXPECT_NEAR(shift_at(f[0], says({2, 1.5F, 7})[0]), 0, 1e-5) << "the third label does not matter";
  EXPECT_NEAR(shift_at(f[0], says({2, 1.0F, -3})[0]), 0.5, 1e-5);
  EXPECT_NEAR(shift_at(f[0], says({1, 1.5F, -3})[0]), 1, 1e-5) << "towards and beyond the boundary alike";
}

TEST(Shift, SaysNothingWhereTheOriginalDoesNotWaver) {
  EXPECT_LT(shift_at(says({3, 1})[0], says({0, 5})[0]), 0);
  EXPECT_LT(shift_at(says({std::numeric_limits<float>::quiet_NaN(), 1})[0], says({0, 5})[0]), 0);
}

TEST(Shift, IsBounded) {
  EXPECT_EQ(shift_at(says({1, 1})[0], says({0, 500})[0]), kMostShift);
  EXPECT_EQ(shift_at(says({1, 1})[0], says({0, std::numeric_limits<float>::infinity()})[0]), kMostShift);
}

}  // namespace
}  // namespace dflare
