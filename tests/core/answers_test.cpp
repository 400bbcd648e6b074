// Reading raw outputs: probabilities, log-probabilities, labels, ties.
#include "dflare/answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr OutputReading kLogits{OutputKind::kLogits, 0, 0};
constexpr OutputReading kProbabilities{OutputKind::kProbabilities, 0, 0};

using Rows = std::vector<std::vector<float>>;

void fill(Answers& answers, const Rows& rows) {
  const std::span<float> raw = answers.prepare(rows.size(), rows.front().size());
  auto to = raw.begin();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
}

Answers read(const Rows& rows, const OutputReading& reading) {
  Answers answers;
  fill(answers, rows);
  answers.interpret(reading);
  return answers;
}

TEST(Answers, LogitsBecomeTheirSoftmax) {
  const Answers answers = read({{1, 2, 4}}, kLogits);
  const AnswerView row = answers[0];
  const double sum = std::exp(1.0) + std::exp(2.0) + std::exp(4.0);
  for (std::size_t c = 0; c < 3; ++c) {
    const double z = std::vector<double>{1, 2, 4}[c];
    EXPECT_NEAR(row.p[c], std::exp(z) / sum, 1e-6);
    EXPECT_NEAR(row.log_p[c], z - std::log(sum), 1e-6);
    EXPECT_EQ(row.raw[c], static_cast<float>(z));
  }
  EXPECT_EQ(row.label, 2);
  EXPECT_FLOAT_EQ(row.top_p(), row.p[2]);
}

TEST(Answers, HugeLogitsDoNotOverflow) {
  const Answers answers = read({{3e38F, -3e38F, 0}}, kLogits);
  const AnswerView row = answers[0];
  EXPECT_TRUE(row.finite);
  EXPECT_FLOAT_EQ(row.p[0], 1.0F);
  EXPECT_FLOAT_EQ(row.p[1], 0.0F);
  EXPECT_FLOAT_EQ(row.log_p[0], 0.0F);
}

TEST(Answers, LogSoftmaxKeepsDifferencesThatProbabilitiesLose) {
  const Answers answers = read({{0, -200, -300}}, kLogits);
  EXPECT_EQ(answers[0].p[1], answers[0].p[2]);
  EXPECT_NEAR(answers[0].log_p[1] - answers[0].log_p[2], 100, 1e-3);
}

TEST(Answers, ProbabilitiesAreTakenAsTheyAre) {
  const Answers answers = read({{0.2F, 0.7F, 0.1F}}, kProbabilities);
  EXPECT_FLOAT_EQ(answers[0].p[1], 0.7F);
  EXPECT_FLOAT_EQ(answers[0].log_p[1], std::log(0.7F));
}

TEST(Answers, LogOfZeroProbabilityHasAFloor) {
  const Answers answers = read({{1, 0}}, kProbabilities);
  EXPECT_FLOAT_EQ(answers[0].log_p[1], std::log(1e-12F));
  EXPECT_EQ(answers[0].p[1], 0.0F);
}

TEST(Answers, FloorOfSteppedProbabilitiesIsHalfAStep) {
  const Answers answers = read({{255.0F / 256, 1.0F / 256, 0}}, {OutputKind::kProbabilities, 1.0F / 256, 0});
  EXPECT_FLOAT_EQ(answers[0].log_p[1], std::log(1.0F / 256));
  EXPECT_FLOAT_EQ(answers[0].log_p[2], std::log(0.5F / 256));
}

TEST(Answers, LabelOfATieIsItsFirstIndexAndTheTieIsMarked) {
  const Answers answers = read({{0.2F, 0.4F, 0.4F}, {0.4F, 0.2F, 0.4F}, {0.3F, 0.3F, 0.4F}}, kProbabilities);
  EXPECT_EQ(answers[0].label, 1);
  EXPECT_TRUE(answers[0].tie);
  EXPECT_EQ(answers[1].label, 0);
  EXPECT_TRUE(answers[1].tie);
  EXPECT_EQ(answers[2].label, 2);
  EXPECT_FALSE(answers[2].tie) << "equal values below the top are no tie";
}

// 100.00001 and 100 have one softmax in single precision, yet two labels: labels are read from the raw outputs.
TEST(Answers, TiesAreReadFromTheRawOutputs) {
  const Answers answers = read({{100.00001F, 100.0F, 0}}, kLogits);
  EXPECT_EQ(answers[0].label, 0);
  EXPECT_FALSE(answers[0].tie);
}

TEST(Answers, RowWithNanOrInfinityHasNoLabel) {
  const Answers answers = read({{1, kNan, 2}, {kInfinity, 0, 0}, {0, -kInfinity, 0}, {0, 1, 2}}, kLogits);
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_FALSE(answers[row].finite) << row;
    EXPECT_EQ(answers[row].label, -1) << row;
    EXPECT_FALSE(answers[row].tie) << row;
    EXPECT_EQ(answers[row].top_p(), 0.0F) << row;
    for (const float v : answers[row].log_p) EXPECT_TRUE(std::isfinite(v)) << row;
  }
  EXPECT_TRUE(answers[3].finite);
  EXPECT_EQ(answers[3].label, 2);
}

TEST(Answers, SkippedClassesLeaveEveryRow) {
  const Answers answers = read({{9, 1, 2, 3}, {9, 6, 5, 4}}, {OutputKind::kLogits, 0, 1});
  ASSERT_EQ(answers.classes(), 3U);
  ASSERT_EQ(answers.rows(), 2U);
  EXPECT_EQ(answers[0].label, 2);
  EXPECT_EQ(answers[1].label, 0);
  EXPECT_EQ(answers[1].raw[2], 4.0F);
  EXPECT_NEAR(answers[0].p[0] + answers[0].p[1] + answers[0].p[2], 1, 1e-6);
}

TEST(Answers, SkippingEveryClassIsRefused) { EXPECT_THROW(read({{1, 2}}, {OutputKind::kLogits, 0, 2}), Error); }

TEST(Answers, ReuseForgetsTheQueryBefore) {
  Answers answers = read({{kNan, 1, 2, 3}, {5, 5, 0, 0}, {1, 2, 3, 4}}, {OutputKind::kLogits, 0, 1});
  fill(answers, {{0.1F, 0.9F}, {0.8F, 0.2F}});
  answers.interpret(kProbabilities);
  ASSERT_EQ(answers.rows(), 2U);
  ASSERT_EQ(answers.classes(), 2U);
  EXPECT_TRUE(answers[0].finite);
  EXPECT_EQ(answers[0].label, 1);
  EXPECT_EQ(answers[1].label, 0);
  EXPECT_FALSE(answers[1].tie);
}

TEST(Answers, SmallerQueryUsesTheSameMemory) {
  Answers answers;
  const float* const large = answers.prepare(64, 10).data();
  EXPECT_EQ(answers.prepare(3, 10).data(), large);
  EXPECT_EQ(answers.prepare(64, 10).data(), large);
}

TEST(Answers, ReadingAgainLeavesNoFurtherClassesOut) {
  Answers answers;
  fill(answers, {{9, 1, 5, 2}, {9, 7, 3, 4}});
  const OutputReading without_background{OutputKind::kLogits, 0, 1};
  for (int times = 0; times < 3; ++times) {
    answers.interpret(without_background);
    ASSERT_EQ(answers.classes(), 3U);
    EXPECT_EQ(answers[0].label, 1);
    EXPECT_EQ(answers[1].label, 0);
  }
  EXPECT_THROW(answers.interpret(kLogits), Error) << "they are gone";
  fill(answers, {{9, 1, 5, 2}});
  answers.interpret(kLogits);
  EXPECT_EQ(answers[0].label, 0) << "prepared anew";
}

}  // namespace
}  // namespace dflare
