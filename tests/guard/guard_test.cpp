// A guard keeps what it promises on images that it has not seen, and knows where it cannot.
#include "dflare/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "dflare/error.h"
#include "guard/scored.h"
#include "guard/synthetic.h"

namespace dflare {
namespace {

using synthetic::Drift;
using ::testing::HasSubstr;

const std::vector<Drift> kEven(5, Drift{});
// The original thinks more of class 1 than the compressed model does, and is at odds with it over class 2.
const std::vector<Drift> kUneven = {{0, 0.1}, {1.5, 0.1}, {0, 1.5}, {0, 0.1}, {0, 0.1}};

TEST(Guard, TheMarginIsHowFarTheFirstLabelIsAhead) {
  const Answers answers = synthetic::logits({1.0F, 3.5F, 3.0F}, 3);
  EXPECT_NEAR(guard_score(Guard{.threshold = 0.6}, answers[0]), 0.5, 1e-6);
  EXPECT_TRUE(defers(Guard{.threshold = 0.6}, answers[0]));
  EXPECT_FALSE(defers(Guard{.threshold = 0.4}, answers[0]));
}

TEST(Guard, ThePairMarginIsTheLeastCorrectedOne) {
  const Answers answers = synthetic::logits({1.0F, 3.5F, 3.0F}, 3);
  Guard guard{
      .score = "pair-margin", .classes = 3, .shift = std::vector<float>(9, 0), .scale = std::vector<float>(9, 1)};
  guard.shift[1 * 3 + 0] = -2.2F;  // 2.5 - 2.2 against class 0 is less than 0.5 against class 2
  EXPECT_NEAR(guard_score(guard, answers[0]), 0.3, 1e-5);
  guard.scale[1 * 3 + 2] = 0.1F;
  EXPECT_NEAR(guard_score(guard, answers[0]), 0.05, 1e-5);
}

TEST(Guard, AnAnswerThatIsNotFiniteIsDeferred) {
  const Answers answers = synthetic::logits({1.0F, std::numeric_limits<float>::infinity(), 0.0F}, 3);
  EXPECT_TRUE(defers(Guard{.threshold = -100}, answers[0]));
}

TEST(Guard, PicksTheThresholdThatCatchesNinetyPercent) {
  const GuardFit fit = fit_guard(synthetic::sample(kEven, 2000, 4, 1), {}, {});
  EXPECT_GT(fit.natural_deviations, 200);
  EXPECT_EQ(fit.threshold_from, "natural deviations");
  const GuardFigures seen = measure_guard(fit.guard, synthetic::sample(kEven, 2000, 4, 2));
  EXPECT_NEAR(seen.caught.value(), 0.9, 0.04);
  EXPECT_TRUE(seen.caught.over_inputs.contains(0.9))
      << seen.caught.over_inputs.low << " " << seen.caught.over_inputs.high;
  EXPECT_LT(seen.deferred, 0.2) << "and the price is far from all images";
}

// The promise is of a chance, over samples to learn from and over new images: 40 learnt guards, few deviations each.
TEST(Guard, KeepsItsPromiseOnAverageHoweverFewTheDeviations) {
  const GuardSample fresh = synthetic::sample(kEven, 300, 20, 1000);
  double sum = 0;
  for (std::uint64_t stream = 0; stream < 40; ++stream) {
    const GuardFit fit = fit_guard(synthetic::sample(kEven, 500, 1, stream), {}, {.score = "margin"});
    EXPECT_LT(fit.natural_deviations, 120);
    sum += measure_guard(fit.guard, fresh).caught.value();
  }
  EXPECT_GT(sum / 40, 0.89);
  EXPECT_LT(sum / 40, 0.94);
}

TEST(Guard, LearnsWhichPairsDriftApart) {
  const GuardFit fit = fit_guard(synthetic::sample(kUneven, 2000, 4, 3), {}, {});
  EXPECT_EQ(fit.guard.score, "pair-margin");
  EXPECT_GE(fit.pair_gain_sigmas, 3);
  EXPECT_NEAR(fit.guard.shift[0 * 5 + 1], -1.5, 0.2);  // towards class 1 the original is 1.5 nearer
  EXPECT_LT(fit.guard.scale[0 * 5 + 2], fit.guard.scale[0 * 5 + 3] / 4);
  const GuardSample fresh = synthetic::sample(kUneven, 2000, 4, 4);
  const GuardFit margin = fit_guard(synthetic::sample(kUneven, 2000, 4, 3), {}, {.score = "margin"});
  const GuardFigures by_pairs = measure_guard(fit.guard, fresh);
  const GuardFigures by_margin = measure_guard(margin.guard, fresh);
  EXPECT_GT(by_pairs.auc, by_margin.auc + 0.02);
  EXPECT_LT(by_pairs.deferred_at_90, 0.8 * by_margin.deferred_at_90);
  EXPECT_NEAR(by_pairs.caught.value(), 0.9, 0.04);
}

TEST(Guard, KeepsTheMarginWhereAllPairsDriftAlike) {
  int chosen = 0;
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    chosen += fit_guard(synthetic::sample(kEven, 300, 4, stream), {}, {}).guard.score == "pair-margin" ? 1 : 0;
  }
  EXPECT_LE(chosen, 1);
}

TEST(Guard, DefersWithinTheShareThatItMay) {
  const GuardFit fit = fit_guard(synthetic::sample(kEven, 2000, 4, 5), {}, {.defer = 0.05});
  EXPECT_EQ(fit.threshold_from, "deferral");
  const GuardFigures seen = measure_guard(fit.guard, synthetic::sample(kEven, 2000, 4, 6));
  EXPECT_NEAR(seen.deferred, 0.05, 0.01);
  EXPECT_NEAR(seen.caught.value(), fit.promised_catch, 0.06);
}

// Steps of 8-bit outputs: 6 of 12 images share the score 0.5, 2 of them deviate.
TEST(Guard, TiesAreDeferredTogetherByAThresholdBetweenScores) {
  const std::vector<float> margins = {0.25F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.75F, 1, 2, 3, 4};
  std::vector<int> deviates(12, 0);
  deviates[0] = deviates[1] = deviates[2] = 1;
  const GuardSample natural = synthetic::by_hand(margins, deviates, std::vector<int>(12, 0));
  const Answers findings = synthetic::with_margins(std::vector<float>(10, 0.1F));
  const GuardFit fit = fit_guard(natural, findings, {.score = "margin"});
  EXPECT_NEAR(fit.guard.threshold, 0.625, 1e-6);
  EXPECT_NEAR(fit.promised_defer, 7.0 / 12, 1e-9);
  EXPECT_NEAR(fit.coarseness, 0.5, 1e-9);
  const GuardFit within = fit_guard(natural, findings, {.defer = 0.3, .score = "margin"});
  EXPECT_NEAR(within.guard.threshold, 0.375, 1e-6) << "all six or none: six would be more than 30 %";
}

TEST(Guard, FindingsHaveASayWhereNaturalDeviationsAreFew) {
  std::vector<float> margins;
  for (int i = 1; i <= 40; ++i) margins.push_back(0.1F * static_cast<float>(i));
  const GuardSample quiet = synthetic::by_hand(margins, std::vector<int>(40, 0), std::vector<int>(40, 0));
  std::vector<float> found;
  for (int i = 1; i <= 19; ++i) found.push_back(0.05F * static_cast<float>(i));
  const GuardFit fit = fit_guard(quiet, synthetic::with_margins(found), {.score = "margin"});
  EXPECT_EQ(fit.threshold_from, "findings");
  EXPECT_GT(fit.guard.threshold, 0.9 - 1e-6);  // the 18th of 19: 0.9
  EXPECT_LT(fit.guard.threshold, 1.0);

  std::vector<int> one(40, 0);
  one[29] = 1;  // of margin 3: beyond all findings
  const GuardFit both = fit_guard(synthetic::by_hand(margins, one, std::vector<int>(40, 0)),
                                  synthetic::with_margins(found), {.score = "margin"});
  EXPECT_EQ(both.threshold_from, "natural deviations and findings");
  EXPECT_NEAR(both.guard.threshold, 3.05, 1e-5);
}

std::string complaint(const GuardSample& natural, const GuardGoal& goal, ErrorCode expected) {
  try {
    static_cast<void>(fit_guard(natural, {}, goal));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), expected);
    return std::string(e.what()) + " " + e.hint();
  }
  return "none";
}

TEST(Guard, SaysWhyItCannotLearn) {
  const GuardSample few = synthetic::by_hand({1, 2, 3}, {1, 1, 0}, {0, 0, 0});
  EXPECT_THAT(complaint(few, {}, ErrorCode::kBadInput), HasSubstr("2 natural deviations and 0 findings"));
  EXPECT_THAT(complaint(few, {.catch_share = 1.5}, ErrorCode::kBadArgument), HasSubstr("--catch 0.9"));
  EXPECT_THAT(complaint(few, {.catch_share = 0}, ErrorCode::kBadArgument), HasSubstr("--catch"));
  EXPECT_THAT(complaint(few, {.defer = 1.0}, ErrorCode::kBadArgument), HasSubstr("--defer"));
  EXPECT_THAT(complaint(few, {.score = "margn"}, ErrorCode::kBadArgument), HasSubstr("margin"));
}

TEST(Guard, MeasuresWhatCanBeCountedByHand) {
  // As they are: 4 images, one deviates; corrupted: 6, three deviate.
  const GuardSample held_out = synthetic::by_hand({0.2F, 1, 2, 3, 0.1F, 0.4F, 0.6F, 0.8F, 2.5F, 5},
                                                  {1, 0, 0, 0, 1, 0, 1, 0, 1, 0}, {0, 0, 0, 0, 1, 1, 1, 1, 1, 1});
  const GuardFigures f = measure_guard(Guard{.threshold = 0.7}, held_out);
  EXPECT_EQ(f.deviations, 4);
  EXPECT_EQ(f.deviations_clean, 1);
  EXPECT_EQ(f.caught.part, 3);
  EXPECT_EQ(f.deferred_clean.part, 1);
  EXPECT_EQ(f.deferred_corrupted.part, 3);
  EXPECT_NEAR(f.deferred, (1.0 / 4 + 3.0 / 6) / 2, 1e-12);
  EXPECT_EQ(f.differ_corrupted.part, 3);
  EXPECT_EQ(f.left_corrupted.part, 1);
  EXPECT_EQ(f.left_clean.part, 0);
  // Scores of the deviations 0.1 0.2 0.6 2.5, of the others 0.4 0.8 1 2 3 5: 6 + 6 + 5 + 2 of 24 pairs in order.
  EXPECT_NEAR(f.auc, 19.0 / 24, 1e-12);
  EXPECT_NEAR(f.deferred_at_90, 3.0 / 4 * 0.5 + 5.0 / 6 * 0.5, 1e-12);
  ASSERT_EQ(f.curve.size(), 4);
  EXPECT_NEAR(f.curve[1].caught, 0.5, 1e-12);
  EXPECT_NEAR(f.curve[1].deferred, 1.0 / 8 + 1.0 / 12, 1e-12);
  EXPECT_NEAR(f.curve[1].threshold, 0.3, 1e-6);
}

TEST(Guard, TheErrorOfAGainInAucIsTheOneThatSamplesShow) {
  Guard other{
      .score = "pair-margin", .classes = 5, .shift = std::vector<float>(25, 0), .scale = std::vector<float>(25, 1)};
  for (std::size_t a = 0; a < 5; ++a) other.scale[a * 5] = 0.3F;  // a score that is not quite the margin
  std::vector<double> gains;
  double errors = 0;
  for (std::uint64_t stream = 0; stream < 150; ++stream) {
    const AucGain gain = auc_gain(Guard{}, other, synthetic::sample(kEven, 200, 3, stream), {});
    gains.push_back(gain.gain);
    errors += gain.error / 150;
  }
  double variance = 0;
  for (const double g : gains) variance += (g - mean(gains)) * (g - mean(gains)) / 149;
  EXPECT_NEAR(errors / std::sqrt(variance), 1, 0.2);
}

}  // namespace
}  // namespace dflare
