// Searches from texts: found, kept within budgets, the same however the work is cut; what is arithmetic is refused.
#include <gtest/gtest.h>

#include "core/characters.h"
#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/natural.h"
#include "dflare/search.h"
#include "search/told.h"
#include "support/texts.h"

namespace dflare {
namespace {

constexpr int kSeeds = 16;

class TextSearch : public testing::Test {
 protected:
  static SearchSettings settings(const std::string& strategy = "boundary") {
    SearchSettings s = toy::settings();
    s.strategy.name = strategy;
    s.strategy.kind = InputKind::kText;
    s.max_queries = 300;
    return s;
  }
  Events run(SearchSettings s) const {
    Search search({original_.get(), compressed_.get()}, seeds_, std::move(s));
    toy::CollectingSink sink;
    search.run({}, sink);
    return std::move(sink.events);
  }

  std::unique_ptr<Model> original_ = toy::text_model(false), compressed_ = toy::text_model(true);
  SeedSet seeds_ = toy::text_seeds(kSeeds);
};

TEST_F(TextSearch, EveryStrategyAndEndPointFindsTexts) {
  std::vector<SearchSettings> ways{settings("dflare"), settings("random")};
  for (const EndPoints from : {EndPoints::kAuto, EndPoints::kBlend, EndPoints::kMutate, EndPoints::kCorrupt}) {
    ways.push_back(settings());
    ways.back().strategy.end_points = from;
  }
  for (const SearchSettings& way : ways) {
    const Events events = run(way);
    const int from = static_cast<int>(way.strategy.end_points);
    EXPECT_GT(toy::count(events, ChainEnd::kFound), kSeeds / 2) << way.strategy.name << from;
    for (const Finding& f : events.findings) {
      EXPECT_FALSE(f.flaky);
      EXPECT_EQ(f.input, InputKind::kText);
      const std::string text(f.png.begin(), f.png.end());
      EXPECT_EQ(first_not_utf8(text), std::string::npos) << text;
      EXPECT_EQ(text.find('\0'), std::string::npos);
      EXPECT_EQ(f.kind == FindingKind::kNatural, f.distance.linf == 0) << text;
    }
  }
}

TEST_F(TextSearch, BatchAndWorkersDoNotMatter) {
  for (const char* strategy : {"boundary", "dflare"}) {
    SearchSettings s = settings(strategy);
    s.findings_per_seed = 2;
    s.batch = 1;
    const auto expected = toy::told(run(s));
    for (const int batch : {7, 64}) {
      s.batch = batch;
      s.workers = 2;
      EXPECT_EQ(toy::told(run(s)), expected) << strategy << ", batch " << batch;
    }
  }
}

TEST_F(TextSearch, FindingsKeepWithinABudgetOfEdits) {
  for (const PerturbationBudget budget : {PerturbationBudget{.linf = 3}, PerturbationBudget{.l2 = 0.1}}) {
    SearchSettings s = settings();
    s.budget = budget;
    int found = 0;
    for (const Finding& f : run(s).findings) {
      if (f.kind == FindingKind::kNatural) continue;
      ++found;
      EXPECT_TRUE(budget.allows(f.distance)) << f.distance.linf << " " << f.distance.l2;
    }
    EXPECT_GT(found, 0);
  }
}

TEST_F(TextSearch, AnOracleRulesOnTextsToo) {
  SearchSettings s = settings();
  s.oracle = make_oracle("value:0.6");
  const Events events = run(s);
  EXPECT_GT(toy::count(events, ChainEnd::kFound), kSeeds / 2);
}

TEST_F(TextSearch, WhatChangesNumbersIsRefused) {
  SearchSettings climb = settings();
  climb.refine = Refine::kClimb;
  SearchSettings chaser = settings("diffchaser");
  SearchSettings attack = settings();
  attack.strategy.end_points = EndPoints::kAttack;
  SearchSettings similar = settings();
  similar.budget.min_ssim = 0.9;
  for (const SearchSettings& s : {climb, chaser, attack, similar}) {
    try {
      (void)run(s);
      ADD_FAILURE() << "taken";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
      EXPECT_NE(std::string(e.what()).find("texts"), std::string::npos) << e.what();
    }
  }
}

TEST_F(TextSearch, ImagesAreNotAskedOfModelsOfTexts) {
  const SeedSet images = toy::varied_seeds({1, static_cast<int>(toy::kTextRoom), 1}, 3);
  EXPECT_THROW((Search({original_.get(), compressed_.get()}, images, toy::settings())), Error);
}

TEST_F(TextSearch, CorruptedTextsAreRendered) {
  const auto kinds = corruptions(text_form().get()).size();
  const std::vector<SeedIndex> first{SeedIndex(0)};
  int changed = 0;
  for (const NaturalImage& image : corrupted_images(first, static_cast<int>(kinds), 3, text_form().get())) {
    Input out(seeds_.seeds[0].input.shape);
    render(seeds_, image, out.pixels);
    changed += out.pixels != seeds_.seeds[0].input.pixels ? 1 : 0;
  }
  EXPECT_GE(changed, static_cast<int>(kinds) - 3) << "some find nothing to do";
}

}  // namespace
}  // namespace dflare
