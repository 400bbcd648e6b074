// Puzzles without a solution: where nothing new is left to ask, a chain ends by itself, long before its queries do.
#include <gtest/gtest.h>

#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{4, 4, 1};
constexpr std::int64_t kPlenty = 5000;

// Class 1 where the values sum up to more than `level`.
toy::Function brighter_than(double level) {
  return [level](InputView in, std::span<float> out) {
    double sum = 0;
    for (const int v : in.pixels()) sum += v;
    out[1] = static_cast<float>((sum - level) / 16);
    out[0] = -out[1];
  };
}

SearchSettings settings(const std::string& strategy) {
  SearchSettings s = toy::settings();
  s.strategy.name = strategy;
  s.max_queries = kPlenty;
  return s;
}

// The two models are one, and between two seeds there is no image.
TEST(SpentPuzzle, SeedsOneGreyLevelApart) {
  const toy::ToyPair models(kShape, 2, brighter_than(1600.5), brighter_than(1600.5));
  Input brighter = toy::filled(kShape, 100);
  brighter.pixels[5] = 101;
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 100), brighter});
  for (const EndPoints end_points : {EndPoints::kBlend, EndPoints::kAuto}) {
    SearchSettings s = settings("boundary");
    s.strategy.end_points = end_points;
    s.max_queries = 300;
    const Events events = toy::search(models, seeds, s);
    EXPECT_EQ(events.done.size(), 2U);
    EXPECT_EQ(toy::count(events, ChainEnd::kFound), 0);
  }
}

// The same seeds, and models of which one sees more than the sum: another end point finds what blending cannot.
TEST(SpentPuzzle, SeedsTooNearToBlendAreCorrupted) {
  const toy::ToyPair models(kShape, 2, brighter_than(1600.5), brighter_than(1603.5));
  Input brighter = toy::filled(kShape, 100);
  brighter.pixels[5] = 105;
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 100), brighter});
  SearchSettings s = settings("boundary");
  s.strategy.end_points = EndPoints::kBlend;
  EXPECT_EQ(toy::count(toy::search(models, seeds, s), ChainEnd::kFound), 2);
}

// Between the nearest seed and this one lies nothing, but others are farther off: a path that failed is not taken for
// ever.
TEST(SpentPuzzle, PathsThatFailDoNotComeBackForEver) {
  const toy::ToyPair models(kShape, 2, brighter_than(1600.5), brighter_than(1603.5));
  Input brighter = toy::filled(kShape, 100);
  brighter.pixels[5] = 105;
  std::vector<Input> images = {toy::filled(kShape, 100), brighter};
  for (int i = 0; i < 6; ++i) images.push_back(toy::filled(kShape, 160 + i));
  SearchSettings s = settings("boundary");
  s.strategy.end_points = EndPoints::kBlend;
  const Events events = toy::search(models, toy::seeds_of(std::move(images)), s);
  EXPECT_EQ(toy::count(events, ChainEnd::kFound), 8);
  for (const Finding& f : events.findings) EXPECT_NE(f.how.find("blend"), std::string::npos) << f.how;
}

TEST(SpentPuzzle, BudgetWithRoomForTheSeedAlone) {
  const toy::ToyPair models(kShape, 2, brighter_than(1600.5), brighter_than(1603.5));
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 90), toy::filled(kShape, 110)});
  for (const PerturbationBudget budget : {PerturbationBudget{.l2 = 0.002}, PerturbationBudget{.min_ssim = 1}}) {
    for (const std::string& strategy : strategy_names()) {
      SearchSettings s = settings(strategy);
      s.budget = budget;
      const Events events = toy::search(models, seeds, s);
      EXPECT_EQ(toy::count(events, ChainEnd::kGaveUp), 2) << strategy;
      for (const SeedDone& d : events.done) EXPECT_LT(d.queries, 300) << strategy;
    }
  }
}

TEST(SpentPuzzle, OperatorsThatChangeNothing) {
  const toy::ToyPair models(kShape, 2, brighter_than(1600.5), brighter_than(1603.5));
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 90), toy::filled(kShape, 110)});
  for (const char* strategy : {"dflare", "random"}) {
    SearchSettings s = settings(strategy);
    s.strategy.operators = "average-blur,median-blur";  // of flat images
    EXPECT_EQ(toy::count(toy::search(models, seeds, s), ChainEnd::kGaveUp), 2) << strategy;
  }
  SearchSettings s = settings("diffchaser");
  s.strategy.diffchaser.mutation_rate = 1e-9;
  EXPECT_EQ(toy::count(toy::search(models, seeds, s), ChainEnd::kGaveUp), 2);
}

// Nine images in all, of which some deviate.
TEST(SpentPuzzle, RefiningWithinNineImages) {
  constexpr Shape kTwo{1, 2, 1};
  const toy::ToyPair models(kTwo, 2, brighter_than(201.5), brighter_than(200.5));
  Input seed = toy::filled(kTwo, 100);
  seed.pixels[0] = 99;
  for (const Refine refine : {Refine::kClimb, Refine::kShrink}) {
    SearchSettings s = settings("random");
    s.strategy.operators = "pixel-change";
    s.budget.linf = 1;
    s.refine = refine;
    s.refine_queries = kPlenty;
    const Events events = toy::search(models, toy::seeds_of({seed}), s);
    ASSERT_EQ(toy::count(events, ChainEnd::kFound), 1);
    EXPECT_LT(events.done.front().refine_queries, 1000);
  }
}

}  // namespace
}  // namespace dflare
