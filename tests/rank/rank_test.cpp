// Variants whose order is known are ranked in it, however the work is cut and wherever it is stopped.
#include "dflare/rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "dflare/error.h"
#include "support/estimates.h"
#include "support/toy.h"

namespace dflare {
namespace {

using testing::ElementsAre;

constexpr Shape kShape{8, 8, 1};
constexpr std::size_t kClasses = 4;

// The linear toy with a bias on class 0: the larger, the farther are its boundaries from the original's.
std::unique_ptr<Model> biased(double bias) {
  return make_function_model(kShape, kClasses,
                             [f = toy::linear(kShape, kClasses, 0), bias](InputView in, std::span<float> out) {
                               f(in, out);
                               out[0] += static_cast<float>(bias);
                             });
}

struct Family {
  std::unique_ptr<Model> original = biased(0);
  std::vector<std::unique_ptr<Model>> owned;
  std::vector<Model*> variants;

  explicit Family(const std::vector<double>& biases) {
    for (const double bias : biases) {
      owned.push_back(biased(bias));
      variants.push_back(owned.back().get());
    }
  }
};

RankSettings settings() {
  RankSettings s;
  s.search = toy::settings();
  s.search.max_queries = 200;
  s.search.max_seeds = 40;
  s.search_seeds = 20;
  s.regression_queries = 40;
  s.refine_queries = 20;
  s.time_limit_seconds = 0;
  return s;
}

Ranking rank(Family& family, const RankSettings& s, LiveProgress& live, const Tell& tell = {}) {
  static const SeedSet seeds = toy::varied_seeds(kShape, 60);
  return rank_variants(*family.original, family.variants, seeds, s, live, tell);
}

Ranking rank(Family& family, const RankSettings& s) {
  LiveProgress live;
  return rank(family, s, live);
}

TEST(Rank, BiasesOfOneTwoAndFourComeInThatOrder) {
  Family family({4, 1, 2});
  const Ranking r = rank(family, settings());
  EXPECT_EQ(r.end, SearchEnd::kComplete);
  EXPECT_EQ(r.measure, "boundary_shift");
  EXPECT_THAT(r.order, ElementsAre(1, 2, 0));
  EXPECT_EQ(r.variants[1].rank, 1);
  EXPECT_EQ(r.variants[2].rank, 2);
  EXPECT_EQ(r.variants[0].rank, 3);
  EXPECT_EQ(r.seeds, 40);
  EXPECT_EQ(r.inputs, 60);
  EXPECT_EQ(r.searched, 20);
}

// A bias changes the log-odds of class 0 and any other by just itself, and of two others not at all.
TEST(Rank, ShiftIsInTheBiassUnits) {
  Family family({1});
  const Ranking r = rank(family, settings());
  const Estimate& shift = r.variants[0].boundary_shift.value();
  EXPECT_GT(shift.value, 0.1);
  EXPECT_LE(shift.value, 1 + 1e-6);
  EXPECT_TRUE(shift.interval.contains(shift.value));
}

TEST(Rank, EqualModelsCannotBeToldApart) {
  Family family({0, 0, 3, 0});
  const Ranking r = rank(family, settings());
  EXPECT_EQ(r.variants[0].rank, 1);
  EXPECT_EQ(r.variants[1].rank, 1);
  EXPECT_EQ(r.variants[3].rank, 1);
  EXPECT_EQ(r.variants[2].rank, 4);
  EXPECT_EQ(r.variants[0].boundary_shift->value, 0);
  EXPECT_EQ(r.variants[0].disagreement->value, 0);
  EXPECT_EQ(r.variants[0].corrupted_disagreement->value, 0);
  EXPECT_EQ(r.variants[0].severity->value, 0) << "nothing was found";
  EXPECT_EQ(r.variants[0].found_boundary, 0);
  EXPECT_EQ(r.variants[0].queries_dflare->value, 200) << "and the whole budget was spent";
}

TEST(Rank, EveryMeasureTellsTheFartherFromTheNearer) {
  Family family({0.5, 4});
  const Ranking r = rank(family, settings());
  const VariantMeasures& near = r.variants[0];
  const VariantMeasures& far = r.variants[1];
  EXPECT_LT(near.disagreement->value, far.disagreement->value);
  EXPECT_LT(near.corrupted_disagreement->value, far.corrupted_disagreement->value);
  EXPECT_LT(near.severity->value, far.severity->value);
  EXPECT_LT(near.found_regression, far.found_regression);
  EXPECT_GT(near.queries_dflare->value, far.queries_dflare->value);
  EXPECT_GE(near.queries_boundary->value, far.queries_boundary->value);
  EXPECT_FALSE(near.accuracy.has_value()) << "no labels were given";
}

TEST(Rank, BatchAndWorkersDoNotMatter) {
  Family family({1, 3});
  const Ranking expected = rank(family, settings());
  for (const auto& [workers, batch] : {std::pair{1, 1}, {2, 32}, {3, 5}}) {
    RankSettings s = settings();
    s.search.workers = workers;
    s.search.batch = batch;
    const Ranking r = rank(family, s);
    EXPECT_EQ(r.order, expected.order);
    for (std::size_t v = 0; v < 2; ++v) {
      expect_same(r.variants[v].boundary_shift, expected.variants[v].boundary_shift);
      expect_same(r.variants[v].corrupted_disagreement, expected.variants[v].corrupted_disagreement);
      expect_same(r.variants[v].severity, expected.variants[v].severity);
      expect_same(r.variants[v].regression, expected.variants[v].regression);
      expect_same(r.variants[v].queries_boundary, expected.variants[v].queries_boundary);
      expect_same(r.variants[v].queries_dflare, expected.variants[v].queries_dflare);
    }
  }
}

TEST(Rank, RegressionsAreLookedForFromSoManySeeds) {
  Family family({9});
  RankSettings s = settings();
  const std::optional<Estimate> all = rank(family, s).variants[0].regression;
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->of, 20);
  EXPECT_GT(all->value, 0);
  EXPECT_TRUE(all->interval.contains(all->value));
  s.regression_seeds = 12;
  EXPECT_EQ(rank(family, s).variants[0].regression->of, 12);
  s.regression_queries = 0;
  EXPECT_FALSE(rank(family, s).variants[0].regression.has_value());
}

// Another variant beside it changes nothing about a variant: all start from the original's seeds.
TEST(Rank, VariantIsMeasuredTheSameInAnyCompany) {
  Family two({1, 3});
  Family three({3, 0.2, 1});
  expect_same(rank(two, settings()).variants[1].severity, rank(three, settings()).variants[0].severity);
  expect_same(rank(two, settings()).variants[0].boundary_shift, rank(three, settings()).variants[2].boundary_shift);
}

// How the work is cut into pieces depends on the clock: stops after one more piece until there is none.
TEST(Rank, StoppedAnywhereItGivesWhatItHas) {
  int ordered = 0;
  int stops = 0;
  for (;; ++stops) {
    Family family({1, 3});
    LiveProgress live;
    int told = 0;
    const Ranking r =
        rank(family, settings(), live, [&](const Progress&) { live.stop = told++ == stops || live.stop; });
    if (told <= stops) {
      EXPECT_EQ(r.end, SearchEnd::kComplete);
      break;
    }
    EXPECT_EQ(r.end, SearchEnd::kStopped) << "stop " << stops;
    EXPECT_THAT(r.order, testing::UnorderedElementsAre(0, 1));
    ordered += r.measure.empty() ? 0 : 1;
    for (const VariantMeasures& v : r.variants) {
      EXPECT_EQ(v.rank != 0, v.boundary_shift.has_value() || v.corrupted_disagreement.has_value());
    }
    if (stops == 0) {
      EXPECT_TRUE(r.measure.empty());
    }
  }
  EXPECT_GT(stops, 5);
  EXPECT_GT(ordered, stops / 2);
}

TEST(Rank, TimeLimitEndsItWithTheOrderInHand) {
  Family family({1, 3});
  const auto slow = [](double bias) {
    return make_function_model(kShape, kClasses,
                               [f = toy::linear(kShape, kClasses, 0), bias](InputView in, std::span<float> out) {
                                 std::this_thread::sleep_for(std::chrono::microseconds(20));
                                 f(in, out);
                                 out[0] += static_cast<float>(bias);
                               });
  };
  family.owned[0] = slow(1);
  family.variants[0] = family.owned[0].get();
  RankSettings s = settings();
  s.search.max_queries = 10'000'000;
  family.owned[1] = slow(0);  // nothing to be found: `dflare` would search for hours
  family.variants[1] = family.owned[1].get();
  s.time_limit_seconds = 2;
  const auto began = std::chrono::steady_clock::now();
  const Ranking r = rank(family, s);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60));
  EXPECT_EQ(r.end, SearchEnd::kTimeLimit);
  EXPECT_THAT(r.order, ElementsAre(1, 0));
  EXPECT_LT(r.searched, 20);
}

// A model of 5 ms an image, and a limit in which the whole work does not fit by far.
TEST(Rank, UnderAShortTimeLimitThereIsSomethingOfEverythingCheap) {
  const auto slow = [](double bias) {
    return make_function_model(kShape, kClasses,
                               [f = toy::linear(kShape, kClasses, 0), bias](InputView in, std::span<float> out) {
                                 std::this_thread::sleep_for(std::chrono::milliseconds(5));
                                 f(in, out);
                                 out[0] += static_cast<float>(bias);
                               });
  };
  Family family({});
  family.original = slow(0);
  for (const double bias : {1.0, 3.0}) {
    family.owned.push_back(slow(bias));
    family.variants.push_back(family.owned.back().get());
  }
  RankSettings s = settings();
  s.search.workers = 2;
  s.time_limit_seconds = 3;
  LiveProgress live;
  std::vector<Progress> told;
  const Ranking r = rank(family, s, live, [&told](const Progress& p) { told.push_back(p); });
  EXPECT_EQ(r.end, SearchEnd::kTimeLimit);
  EXPECT_EQ(r.searched, 0);
  EXPECT_FALSE(r.measure.empty()) << "there is an order";
  for (const VariantMeasures& v : r.variants) {
    EXPECT_TRUE(v.disagreement.has_value());
    EXPECT_TRUE(v.corrupted_disagreement.has_value());
    EXPECT_TRUE(v.boundary_shift.has_value());
    EXPECT_GT(v.rank, 0);
  }
  EXPECT_LT(r.variants[0].corrupted_disagreement->of, 40) << "over the seeds asked by then";
  EXPECT_GT(std::ranges::count_if(told, [](const Progress& p) { return p.seconds_left > 0; }), 0);
  for (const Progress& p : told) EXPECT_LE(p.limit_seconds_left, 3);
}

TEST(Rank, ALimitThatTheInputsAloneWouldUseUpCutsThemShort) {
  static const SeedSet seeds = toy::varied_seeds(kShape, 600);
  const auto slow = [] {
    return make_function_model(kShape, kClasses,
                               [f = toy::linear(kShape, kClasses, 0)](InputView in, std::span<float> out) {
                                 std::this_thread::sleep_for(std::chrono::milliseconds(5));
                                 f(in, out);
                               });
  };
  const auto original = slow();
  const auto variant = slow();
  Model* const variants[] = {variant.get()};
  RankSettings s = settings();
  s.search.workers = 1;
  s.time_limit_seconds = 4;
  LiveProgress live;
  const Ranking r = rank_variants(*original, variants, seeds, s, live, {});
  EXPECT_EQ(r.end, SearchEnd::kTimeLimit);
  EXPECT_GT(r.inputs, 0);
  EXPECT_LT(r.inputs, 600);
  EXPECT_GT(r.seeds, 0);
  EXPECT_TRUE(r.variants[0].corrupted_disagreement.has_value());
}

TEST(Rank, SettingsOutOfRangeAreRefused) {
  Family family({1});
  const auto refused = [&family](auto change) {
    RankSettings s = settings();
    change(s);
    try {
      rank(family, s);
    } catch (const Error& e) {
      return e.code() == ErrorCode::kBadArgument;
    }
    return false;
  };
  EXPECT_TRUE(refused([](RankSettings& s) { s.corrupted_per_seed = 0; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.search_seeds = -1; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.regression_queries = -1; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.regression_seeds = -1; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.refine_queries = 0; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.time_limit_seconds = -1; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.search.workers = 100'000; }));
  EXPECT_TRUE(refused([](RankSettings& s) { s.search.max_seeds = -1; }));
}

TEST(Rank, NoSearchesWhereNoneAreAskedFor) {
  Family family({1});
  RankSettings s = settings();
  s.search_seeds = 0;
  const Ranking r = rank(family, s);
  EXPECT_EQ(r.end, SearchEnd::kComplete);
  EXPECT_FALSE(r.variants[0].severity.has_value());
  EXPECT_TRUE(r.variants[0].boundary_shift.has_value());
}

// The original never changes its mind: there is no boundary to look at, but corruptions can still be counted.
TEST(Rank, OriginalWithoutABoundaryIsRankedByCorruptions) {
  const auto says_1_above = [](double level) {
    return make_function_model(kShape, 2, [level](InputView in, std::span<float> out) {
      out[0] = 0;
      out[1] = toy::mean_of(in) > level ? 1 : -1;
    });
  };
  Family family({});
  family.original = says_1_above(1000);
  for (const double level : {120.0, 200.0}) {
    family.owned.push_back(says_1_above(level));
    family.variants.push_back(family.owned.back().get());
  }
  const Ranking r = rank(family, settings());
  EXPECT_EQ(r.measure, "corrupted_disagreement");
  EXPECT_THAT(r.order, ElementsAre(1, 0));
}

TEST(Rank, WithoutASeedThereIsNothingToSay) {
  Family family({1});
  family.original = make_function_model(kShape, kClasses, [](InputView, std::span<float> out) {
    std::ranges::fill(out, 1.0F);  // tied everywhere
  });
  try {
    rank(family, settings());
    FAIL() << "a ranking by nothing";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kNoUsableSeed);
  }
}

TEST(Rank, LabelsGiveAccuracyAndChooseTheSeeds) {
  SeedSet seeds = toy::varied_seeds(kShape, 60);
  Family family({2});
  seeds.labelled = true;
  Answers answers;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    const InputView view = seeds.seeds[i].input.view();
    family.original->query({&view, 1}, answers);
    answers.interpret({OutputKind::kLogits, 0, 0});
    seeds.seeds[i].label = i % 3 == 0 ? (answers[0].label + 1) % static_cast<int>(kClasses) : answers[0].label;
  }
  LiveProgress live;
  const Ranking r = rank_variants(*family.original, family.variants, seeds, settings(), live, {});
  EXPECT_NEAR(r.accuracy_original->value, 40.0 / 60, 1e-9);
  EXPECT_EQ(r.seeds, 40);
  EXPECT_TRUE(r.variants[0].accuracy.has_value());
}

// By an oracle there are no labels: what is told apart is how often answers stray.
TEST(RankByOracle, VariantsAreOrderedByHowOftenTheyStray) {
  Family family({4, 1, 0});
  RankSettings s = settings();
  s.search.oracle = make_oracle("value:0.5");
  LiveProgress live;
  const Ranking ranking = rank(family, s, live);
  EXPECT_EQ(ranking.measure, "corrupted_disagreement");
  EXPECT_EQ(ranking.oracle, "value:0.5");
  EXPECT_EQ(ranking.order.front(), 2U);
  EXPECT_EQ(ranking.variants[2].disagreement->value, 0);
  EXPECT_EQ(ranking.variants[2].corrupted_disagreement->value, 0);
  EXPECT_EQ(ranking.variants[0].disagreement->value, 1) << "a bias of 4 is more than 0.5 everywhere";
  EXPECT_EQ(ranking.variants[1].corrupted_disagreement->value, 1);
  EXPECT_FALSE(ranking.variants[0].boundary_shift.has_value());
  EXPECT_FALSE(ranking.accuracy_original.has_value());
}

TEST(RankByOracle, SetsOfLabelsTellMoreApartThanTheBestOne) {
  Family family({1});
  RankSettings s = settings();
  s.search_seeds = 0;
  LiveProgress live;
  const double top1 = rank(family, s, live).variants[0].corrupted_disagreement->value;
  s.search.oracle = make_oracle("topk:3:order");
  const double ordered = rank(family, s, live).variants[0].corrupted_disagreement->value;
  EXPECT_GT(ordered, top1);
}

TEST(RankByOracle, OneScoreIsReadByItsThreshold) {
  const auto score = [](double bias) {
    return make_function_model(kShape, 1, [bias](InputView in, std::span<float> out) {
      out[0] = static_cast<float>((toy::mean_of(in) - 128) / 20 + bias);
    });
  };
  const auto original = score(0);
  const auto far = score(3);
  const auto same = score(0);
  std::vector<Model*> variants{far.get(), same.get()};
  RankSettings s = settings();
  s.search.oracle = make_oracle("binary");
  s.search_seeds = 0;
  LiveProgress live;
  const SeedSet seeds = toy::varied_seeds(kShape, 60);
  const Ranking ranking = rank_variants(*original, variants, seeds, s, live, {});
  EXPECT_GT(ranking.variants[0].disagreement->value, 0.1);
  EXPECT_EQ(ranking.variants[1].disagreement->value, 0);
  EXPECT_EQ(ranking.order.front(), 1U);
}

}  // namespace
}  // namespace dflare
