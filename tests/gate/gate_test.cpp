// Limits, and every way to fail closed.
#include "dflare/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "dflare/error.h"
#include "dflare/rank.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

FieldAnswers field_of(int inputs, int differ, int truth = 0) {
  FieldAnswers field{.images = {}, .inputs = inputs, .complete = true};
  for (int i = 0; i < inputs; ++i) {
    field.images.push_back({.image = {.seed = SeedIndex(i)},
                            .original = 0,
                            .compressed = i < differ ? 1 : 0,
                            .truth = truth,
                            .as_drawn = true});
  }
  return field;
}

LimitResult judged(const GateLimits& limits, const FieldAnswers& field) { return judge_field(limits, field, 1).at(0); }

TEST(Gate, TwentyAgreeingInputsAreNoPass) {
  const LimitResult result = judged({.max_disagreement = 0.01}, field_of(20, 0));
  EXPECT_EQ(result.verdict, GateVerdict::kInconclusive);
  EXPECT_NEAR(result.measured->interval.high, 0.168, 0.001);
  ASSERT_TRUE(result.further.has_value());
  // 0.99^n = 0.025
  EXPECT_NEAR(static_cast<double>(*result.further), 368 - 20, 2);
  EXPECT_EQ(judged({.max_disagreement = 0.01}, field_of(20 + static_cast<int>(*result.further), 0)).verdict,
            GateVerdict::kPass);
}

TEST(Gate, BeyondTheLimitWithAllOfTheIntervalFails) {
  EXPECT_EQ(judged({.max_disagreement = 0.01}, field_of(300, 30)).verdict, GateVerdict::kFail);
  EXPECT_EQ(judged({.max_disagreement = 0.1}, field_of(300, 30)).verdict, GateVerdict::kInconclusive);
  EXPECT_EQ(judged({.max_disagreement = 0.2}, field_of(300, 30)).verdict, GateVerdict::kPass);
}

TEST(Gate, AtTheLimitItselfNoNumberOfInputsTells) {
  const LimitResult result = judged({.max_disagreement = 0.1}, field_of(300, 30));
  EXPECT_FALSE(result.further.has_value());
  EXPECT_FALSE(judged({.max_disagreement = 0}, field_of(300, 0)).further.has_value());
}

TEST(Gate, RegressionsAreNotMadeUpForByGains) {
  FieldAnswers field = field_of(400, 40);
  for (std::size_t i = 200; i < 240; ++i) field.images[i].original = 2;  // the compressed model gains these
  EXPECT_EQ(judged({.max_regressions = 0.05}, field).verdict, GateVerdict::kFail);
  EXPECT_NEAR(judged({.max_accuracy_drop = 0.05}, field).measured->value, 0, 1e-12);
}

TEST(Gate, LimitsOnLabelsNeedThem) {
  for (const GateLimits& limits : {GateLimits{.max_regressions = 0.1}, GateLimits{.max_accuracy_drop = 0.1}}) {
    test::expect_error(ErrorCode::kBadInput, "--labels", [&] { judged(limits, field_of(50, 0, -1)); });
  }
}

TEST(Gate, NothingMeasuredIsNoPass) {
  const GateLimits limits{.max_disagreement = 1,
                          .max_corrupted_disagreement = 1,
                          .max_regressions = 1,
                          .max_accuracy_drop = 1,
                          .max_severity = 9,
                          .min_queries = 0};
  for (const LimitResult& result : judge_field(limits, {}, 1)) {
    EXPECT_EQ(result.verdict, GateVerdict::kInconclusive) << result.name;
    EXPECT_FALSE(result.measured.has_value()) << result.name;
    EXPECT_NE(result.why, "") << result.name;
  }
  for (const LimitResult& result : judge_searches(limits, {}, 100, 1)) {
    EXPECT_EQ(result.verdict, GateVerdict::kInconclusive) << result.name;
  }
}

TEST(Gate, AModelThatAnswersNaNFails) {
  FieldAnswers field = field_of(1000, 0);
  field.images[7].compressed = field.images[7].original = -1;
  const std::vector<LimitResult> results = judge_field({.max_disagreement = 0.5}, field, 1);
  EXPECT_EQ(results.at(0).name, "finite-answers");
  EXPECT_EQ(results.at(1).verdict, GateVerdict::kPass) << "the limit itself holds";
  EXPECT_EQ(verdict_on(results), GateVerdict::kFail);
}

TEST(Gate, NaNIsNeverAPass) {
  EXPECT_EQ(verdict_on(Interval{kNaN, kNaN}, 0.5, false), GateVerdict::kInconclusive);
  EXPECT_EQ(verdict_on(Interval{0, kNaN}, 0.5, false), GateVerdict::kInconclusive);
  EXPECT_EQ(verdict_on(Interval{kNaN, 9}, 0.5, true), GateVerdict::kInconclusive);
  EXPECT_EQ(verdict_on(Interval{0, 0}, kNaN, false), GateVerdict::kInconclusive);
}

TEST(Gate, ALimitThatIsNoNumberOrThatNothingCouldBreakIsRefused) {
  for (const double limit : {kNaN, std::numeric_limits<double>::infinity(), -0.1, 1.5}) {
    test::expect_error(ErrorCode::kBadArgument, "--max-disagreement",
                       [&] { check_limits({.max_disagreement = limit}); });
    test::expect_error(ErrorCode::kBadArgument, "--max-regressions", [&] { check_limits({.max_regressions = limit}); });
    test::expect_error(ErrorCode::kBadArgument, "--max-accuracy-drop",
                       [&] { check_limits({.max_accuracy_drop = limit}); });
    test::expect_error(ErrorCode::kBadArgument, "--max-corrupted-disagreement",
                       [&] { check_limits({.max_corrupted_disagreement = limit}); });
  }
  for (const double limit : {kNaN, std::numeric_limits<double>::infinity(), -1.0}) {
    test::expect_error(ErrorCode::kBadArgument, "--max-severity", [&] { check_limits({.max_severity = limit}); });
    test::expect_error(ErrorCode::kBadArgument, "--min-queries", [&] { check_limits({.min_queries = limit}); });
  }
  test::expect_error(ErrorCode::kBadArgument, "below 0", [] { check_limits({.max_still_deviating = -1}); });
}

TEST(Gate, NothingAskedIsRefused) {
  test::expect_error(ErrorCode::kBadArgument, "nothing is asked", [] { check_limits({}); });
  EXPECT_EQ(verdict_on(std::span<const LimitResult>{}), GateVerdict::kInconclusive);
}

TEST(Gate, TheWorstOfTheLimitsDecides) {
  using enum GateVerdict;
  const auto of = [](std::initializer_list<GateVerdict> verdicts) {
    std::vector<LimitResult> limits;
    for (const GateVerdict verdict : verdicts) limits.push_back({.name = "x", .verdict = verdict});
    return verdict_on(limits);
  };
  EXPECT_EQ(of({kPass, kPass}), kPass);
  EXPECT_EQ(of({kPass, kInconclusive, kPass}), kInconclusive);
  EXPECT_EQ(of({kPass, kInconclusive, kFail}), kFail);
}

TEST(Gate, CountsThatAreNotSettledAreInconclusiveOnlyWhereTheyMatter) {
  const auto verdict = [](double limit, std::int64_t least, std::int64_t most) {
    return judge_count("x", limit, LimitUnit::kFindings, least, most).verdict;
  };
  EXPECT_EQ(verdict(0, 0, 0), GateVerdict::kPass);
  EXPECT_EQ(verdict(0, 0, 3), GateVerdict::kInconclusive);
  EXPECT_EQ(verdict(0, 1, 3), GateVerdict::kFail);
  EXPECT_EQ(verdict(5, 1, 3), GateVerdict::kPass);
}

TEST(Gate, AFewSearchesDoNotTellASeverity) {
  const std::vector<SeedOutcome> none(19);
  EXPECT_EQ(judge_searches({.max_severity = 1}, none, 100, 1).at(0).verdict, GateVerdict::kInconclusive);
  const std::vector<SeedOutcome> enough(20);
  EXPECT_EQ(judge_searches({.max_severity = 1}, enough, 100, 1).at(0).verdict, GateVerdict::kPass);
}

TEST(Gate, SearchesAreThoseOfARanking) {
  const toy::ToyPair models = toy::linear_pair({8, 8, 1}, 4, 1.5);
  const SeedSet seeds = toy::varied_seeds({8, 8, 1}, 40);
  LiveProgress live;
  const FieldAnswers field = ask_field(*models.original, *models.compressed, seeds, {.rounds = 0}, live, {});
  SearchSettings settings = toy::settings();
  settings.max_queries = 200;
  const SeedSet chosen = seeds_to_search(field, seeds, settings, 40);
  const std::vector<SeedOutcome> outcomes = search_for_gate(models.pair(), chosen, settings, 20, live, {});
  ASSERT_EQ(outcomes.size(), 40);
  const std::vector<LimitResult> results =
      judge_searches({.max_severity = 1, .min_queries = 10}, outcomes, settings.max_queries, 0);
  RankSettings rank;
  rank.search = settings;
  rank.search.max_seeds = 0;
  rank.search_seeds = 40;
  rank.refine_queries = 20;
  rank.boundary_paths = 1;
  rank.corrupted_per_seed = 1;
  rank.time_limit_seconds = 0;
  Model* const variants[] = {models.compressed.get()};
  const Ranking ranking = rank_variants(*models.original, variants, seeds, rank, live, {});
  EXPECT_NEAR(results.at(0).measured->value, ranking.variants[0].severity->value, 1e-9);
  EXPECT_NEAR(results.at(1).measured->value, ranking.variants[0].queries_boundary->value, 1e-9);
}

TEST(Gate, OnlyInputsThatTheOriginalGetsRightAreSearched) {
  SeedSet seeds = toy::varied_seeds({8, 8, 1}, 4);
  seeds.labelled = true;
  FieldAnswers field = field_of(4, 0);
  field.images[1].truth = 3;
  field.images[2].original_tied = true;
  EXPECT_EQ(seeds_to_search(field, seeds, {}, 10).seeds.size(), 2);
  EXPECT_EQ(seeds_to_search(field, seeds, {.seed_filter = SeedFilter::kAgree}, 10).seeds.size(), 3);
  EXPECT_EQ(seeds_to_search(field, seeds, {}, 1).seeds.size(), 1);
}

// Inputs come class by class: the first few are no sample.
TEST(Gate, ThoseThatAreSearchedAreSpreadOverAll) {
  const SeedSet seeds = toy::varied_seeds({8, 8, 1}, 100);
  const SeedSet chosen = seeds_to_search(field_of(100, 0), seeds, {.seed_filter = SeedFilter::kAgree}, 4);
  ASSERT_EQ(chosen.seeds.size(), 4);
  EXPECT_EQ(chosen.seeds[0].source, "row 0");
  EXPECT_GT(std::stoi(chosen.seeds[3].source.substr(4)), 60);
}

}  // namespace
}  // namespace dflare
