// Verdicts: who left the seed's label, what ties mean, margins and severity.
#include "dflare/verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace dflare {
namespace {

// The answers of both models to one image.
class TwoAnswers {
 public:
  TwoAnswers(std::vector<float> original, std::vector<float> compressed, OutputReading reading = {}) {
    fill(original_, original, reading);
    fill(compressed_, compressed, reading);
  }

  [[nodiscard]] AnswerView original() const { return original_[0]; }
  [[nodiscard]] AnswerView compressed() const { return compressed_[0]; }
  [[nodiscard]] Verdict judged(int seed_label, TiePolicy ties = TiePolicy::kSkip) const {
    return judge(image_.view(), original(), compressed(), seed_label, {.ties = ties});
  }
  [[nodiscard]] double severity() const { return dflare::severity(original(), compressed()); }

 private:
  static void fill(Answers& answers, const std::vector<float>& raw, const OutputReading& reading) {
    std::copy(raw.begin(), raw.end(), answers.prepare(1, raw.size()).begin());
    answers.interpret(reading);
  }

  Input image_{Shape{1, 1, 1}};
  Answers original_, compressed_;
};

TEST(Verdict, EqualLabelsAreNoDeviation) {
  const Verdict v = TwoAnswers({0.6F, 0.3F, 0.1F}, {0.5F, 0.2F, 0.3F}).judged(0);
  EXPECT_FALSE(v.deviates);
  EXPECT_FALSE(v.differs);
  EXPECT_TRUE(v.finite);
}

TEST(Verdict, BothModelsMayLeaveTheSeedsLabelTogether) {
  EXPECT_FALSE(TwoAnswers({0.1F, 0.8F, 0.1F}, {0.1F, 0.7F, 0.2F}).judged(0).deviates);
}

TEST(Verdict, KindTellsWhoLeftTheSeedsLabel) {
  const std::vector<float> zero{0.8F, 0.1F, 0.1F};
  const std::vector<float> one{0.1F, 0.8F, 0.1F};
  const std::vector<float> two{0.1F, 0.1F, 0.8F};
  EXPECT_EQ(TwoAnswers(zero, one).judged(0).kind, FindingKind::kCompressedLost);
  EXPECT_EQ(TwoAnswers(one, zero).judged(0).kind, FindingKind::kOriginalLost);
  EXPECT_EQ(TwoAnswers(one, two).judged(0).kind, FindingKind::kBothChanged);
  EXPECT_TRUE(TwoAnswers(one, two).judged(0).deviates);
}

TEST(Verdict, WhereCompressedLostIsRequiredNoOtherKindDeviates) {
  const std::vector<float> says_0 = {0.6F, 0.3F, 0.1F};
  const std::vector<float> says_1 = {0.3F, 0.6F, 0.1F};
  const std::vector<float> says_2 = {0.3F, 0.1F, 0.6F};
  const auto deviates = [](const TwoAnswers& t, Require require) {
    return judge(Input(Shape{1, 1, 1}).view(), t.original(), t.compressed(), 0, {.require = require}).deviates;
  };
  const TwoAnswers compressed_lost(says_0, says_1);
  const TwoAnswers original_lost(says_1, says_0);
  const TwoAnswers both_changed(says_1, says_2);
  for (const TwoAnswers* t : {&compressed_lost, &original_lost, &both_changed}) {
    EXPECT_TRUE(deviates(*t, Require::kAny));
    EXPECT_EQ(deviates(*t, Require::kCompressedLost), t == &compressed_lost);
  }
}

TEST(Verdict, TiedTopIsNoDeviationUnlessTiesCount) {
  const TwoAnswers tied_compressed({0.8F, 0.2F, 0.0F}, {0.2F, 0.4F, 0.4F});
  const TwoAnswers tied_original({0.4F, 0.4F, 0.2F}, {0.1F, 0.8F, 0.1F});
  for (const TwoAnswers* answers : {&tied_compressed, &tied_original}) {
    const Verdict skipped = answers->judged(0, TiePolicy::kSkip);
    EXPECT_FALSE(skipped.deviates);
    EXPECT_TRUE(skipped.differs);
    EXPECT_TRUE(skipped.tie);
    const Verdict counted = answers->judged(0, TiePolicy::kCount);
    EXPECT_TRUE(counted.deviates);
    EXPECT_TRUE(counted.tie);
  }
}

TEST(Verdict, TiesAreBrokenByFirstIndex) {
  const TwoAnswers answers({0.4F, 0.4F, 0.2F}, {0.4F, 0.2F, 0.4F});
  EXPECT_FALSE(answers.judged(0, TiePolicy::kCount).deviates) << "both say 0";
  EXPECT_TRUE(answers.judged(0, TiePolicy::kCount).tie);
}

TEST(Verdict, TieBelowTheTopDoesNotMatter) {
  const Verdict v = TwoAnswers({0.6F, 0.2F, 0.2F}, {0.2F, 0.6F, 0.2F}).judged(0);
  EXPECT_FALSE(v.tie);
  EXPECT_TRUE(v.deviates);
}

TEST(Verdict, NotFiniteAnswerIsNeverADeviation) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const TiePolicy ties : {TiePolicy::kSkip, TiePolicy::kCount}) {
    const Verdict original = TwoAnswers({nan, 1, 0}, {0, 1, 0}).judged(0, ties);
    EXPECT_FALSE(original.finite);
    EXPECT_FALSE(original.deviates);
    EXPECT_FALSE(original.differs);
    const Verdict both = TwoAnswers({nan, nan, 0}, {0, nan, 0}).judged(0, ties);
    EXPECT_FALSE(both.finite);
    EXPECT_FALSE(both.deviates);
  }
}

TEST(Verdict, CarriesTheMarginsOfTheSeedsLabel) {
  const Verdict v = TwoAnswers({0.6F, 0.3F, 0.1F}, {0.2F, 0.5F, 0.3F}).judged(0);
  EXPECT_NEAR(v.margin_original, std::log(0.6 / 0.3), 1e-6);
  EXPECT_NEAR(v.margin_compressed, std::log(0.2 / 0.5), 1e-6);
  EXPECT_EQ(v.seed_label, 0);
}

TEST(Margin, IsPositiveExactlyForTheStrictTop) {
  const std::vector<float> log_p{-1, -2, -1, -3};
  EXPECT_DOUBLE_EQ(margin(log_p, 0), 0) << "tied";
  EXPECT_DOUBLE_EQ(margin(log_p, 1), -1);
  EXPECT_DOUBLE_EQ(margin(std::vector<float>{-0.5F, -1, -4}, 0), 0.5);
  EXPECT_DOUBLE_EQ(margin(std::vector<float>{-4, -1, -0.5F}, 2), 0.5);
}

TEST(Margin, OfLogitsIsTheirDifference) {
  const TwoAnswers answers({7, 3, -2}, {7, 3, -2}, {OutputKind::kLogits, 0, 0});
  EXPECT_NEAR(margin(answers.original().log_p, 0), 4, 1e-5);
  EXPECT_NEAR(margin(answers.original().log_p, 2), -9, 1e-5);
}

TEST(Severity, IsLnFourWhenBothPreferTheirAnswerFourToOne) {
  EXPECT_NEAR(TwoAnswers({0.8F, 0.2F}, {0.2F, 0.8F}).severity(), std::log(4.0), 1e-6);
  EXPECT_NEAR(TwoAnswers({0.4F, 0.1F, 0.25F}, {0.1F, 0.4F, 0.25F}).severity(), std::log(4.0), 1e-6);
}

TEST(Severity, IsThatOfTheModelThatInsistsLess) {
  EXPECT_NEAR(TwoAnswers({0.9F, 0.1F}, {0.4F, 0.6F}).severity(), std::log(1.5), 1e-6);
  EXPECT_NEAR(TwoAnswers({0.6F, 0.4F}, {0.1F, 0.9F}).severity(), std::log(1.5), 1e-6);
}

TEST(Severity, OfACoinTossIsZero) { EXPECT_NEAR(TwoAnswers({0.5F, 0.5F}, {0.1F, 0.9F}).severity(), 0, 1e-9); }

TEST(Severity, ComparesTheTwoAnswersOnly) {
  // The third class stands between the two in the original, and changes nothing.
  EXPECT_NEAR(TwoAnswers({0.5F, 0.1F, 0.4F}, {0.1F, 0.5F, 0.4F}).severity(), std::log(5.0), 1e-6);
}

}  // namespace
}  // namespace dflare
