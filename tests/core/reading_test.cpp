// Guessing what raw outputs hold, from what softmaxes of many kinds really give.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

using Rows = std::vector<std::vector<float>>;

Rows random_logits(std::size_t rows, std::size_t classes, float spread) {
  Rng rng(11, rows * classes);
  Rows out(rows, std::vector<float>(classes));
  for (auto& row : out) {
    for (float& v : row) v = spread * rng.normal();
  }
  return out;
}

Rows softmax(Rows rows) {
  for (auto& row : rows) {
    double sum = 0;
    for (float& v : row) sum += v = std::exp(v);
    for (float& v : row) v = static_cast<float>(v / sum);
  }
  return rows;
}

// As an 8-bit output tensor holds it: whole steps, of which there are `levels`, and at most levels - 1 of them.
Rows in_steps(Rows rows, int levels, float step) {
  for (auto& row : rows) {
    for (float& v : row) v = step * static_cast<float>(std::min(std::lround(v / step), static_cast<long>(levels - 1)));
  }
  return rows;
}

// Every probability rounded down to whole steps: what an integer softmax that truncates gives.
Rows truncated(Rows rows, float step) {
  for (auto& row : rows) {
    for (float& v : row) v = step * std::floor(v / step);
  }
  return rows;
}

Rows shifted(Rows rows, float by) {
  for (auto& row : rows) {
    for (float& v : row) v += by;
  }
  return rows;
}

Rows with_nan_row(Rows rows) {
  rows.front().assign(rows.front().size(), std::numeric_limits<float>::quiet_NaN());
  return rows;
}

Rows pairs_of_thirtieths() {
  Rows rows;
  for (int i = 0; i <= 30; ++i) rows.push_back({static_cast<float>(i) / 30, static_cast<float>(30 - i) / 30});
  return rows;
}

struct ReadingCase {
  std::string name;
  Rows rows;
  OutputKind kind;
  float step;
};

void PrintTo(const ReadingCase& c, std::ostream* os) { *os << c.name; }

class DetectReadings : public testing::TestWithParam<ReadingCase> {};

TEST_P(DetectReadings, RecognisesTheOutput) {
  const ReadingCase& c = GetParam();
  Answers answers;
  auto to = answers.prepare(c.rows.size(), c.rows.front().size()).begin();
  for (const auto& row : c.rows) to = std::copy(row.begin(), row.end(), to);
  const OutputReading reading = detect_reading(answers);
  EXPECT_EQ(reading.kind, c.kind);
  EXPECT_NEAR(reading.step, c.step, 1e-3 * c.step);
  EXPECT_EQ(reading.skip_classes, 0);
}

constexpr float k256th = 1.0F / 256;
constexpr float k255th = 1.0F / 255;
constexpr auto kP = OutputKind::kProbabilities;
constexpr auto kZ = OutputKind::kLogits;

INSTANTIATE_TEST_SUITE_P(
    Outputs, DetectReadings,
    testing::Values(
        ReadingCase{"FloatSoftmax", softmax(random_logits(100, 10, 3)), kP, 0},
        ReadingCase{"FloatSoftmaxOfOneRow", softmax(random_logits(1, 10, 3)), kP, 0},
        ReadingCase{"FloatSoftmaxOf1000Classes", softmax(random_logits(50, 1000, 3)), kP, 0},
        ReadingCase{"SureFloatSoftmax", softmax(random_logits(100, 10, 60)), kP, 0},
        ReadingCase{"Logits", random_logits(100, 10, 3), kZ, 0},
        ReadingCase{"SmallLogits", random_logits(100, 10, 0.05F), kZ, 0},
        ReadingCase{"LogitsAllPositive", shifted(random_logits(100, 10, 1), 8), kZ, 0},
        ReadingCase{"Int8Logits", in_steps(random_logits(100, 10, 1), 256, 0.05F), kZ, 0.05F},
        ReadingCase{"Int8Softmax", in_steps(softmax(random_logits(100, 10, 3)), 256, k256th), kP, k256th},
        ReadingCase{"Uint8SoftmaxBy255", in_steps(softmax(random_logits(100, 10, 3)), 256, k255th), kP, k255th},
        // A thousand classes lose up to half a step each.
        ReadingCase{"Int8SoftmaxOf1000Classes", in_steps(softmax(random_logits(200, 1000, 6)), 256, k256th), kP,
                    k256th},
        ReadingCase{"TruncatedInt8Softmax", truncated(softmax(random_logits(100, 40, 4)), k256th), kP, k256th},
        ReadingCase{"SureInt8Softmax", in_steps(softmax(random_logits(300, 10, 20)), 256, k256th), kP, k256th},
        // Nothing but 0 and the largest value that 8 bits hold.
        ReadingCase{"SaturatedInt8Softmax", {{0, 255 * k256th, 0}, {255 * k256th, 0, 0}}, kP, 0},
        ReadingCase{"OneHot", {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}, kP, 0},
        // Too few to tell from chance; the output's own scale would say it.
        ReadingCase{"FewInt8Values", {{3 * k256th, 253 * k256th, 0}, {6 * k256th, 250 * k256th, 0}}, kP, 0},
        // On a grid, but not on that of an 8-bit softmax.
        ReadingCase{"CoarseProbabilities", pairs_of_thirtieths(), kP, 0},
        ReadingCase{"FewFloatValues", {{0.3141F, 0.6859F}, {0.4505F, 0.5495F}}, kP, 0},
        ReadingCase{"NanRowIsLeftOut", with_nan_row(softmax(random_logits(100, 10, 3))), kP, 0},
        ReadingCase{"NanRowAmongLogits", with_nan_row(random_logits(100, 10, 3)), kZ, 0}),
    [](const testing::TestParamInfo<ReadingCase>& tested) { return tested.param.name; });

Answers answers_of(const Rows& rows) {
  Answers answers;
  auto to = answers.prepare(rows.size(), rows.front().size()).begin();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
  return answers;
}

// Of the values of a sure softmax most are next to 0 or 1, and one between lies on one of the many grids by chance.
TEST(DetectReading, NoFewRowsOfAFloatSoftmaxAreTakenFor8Bits) {
  Rng rng(5, 1);
  for (int draw = 0; draw < 300; ++draw) {
    Rows rows(8, std::vector<float>(10));
    for (auto& row : rows) {
      for (float& v : row) v = 15 * rng.normal();
    }
    EXPECT_EQ(detect_reading(answers_of(softmax(rows))).step, 0) << "draw " << draw;
  }
}

TEST(DetectReading, TheOutputsOwnScaleIsBelieved) {
  const Rows saturated = {{0, 255 * k256th, 0}, {255 * k256th, 0, 0}};
  const OutputReading reading = detect_reading(answers_of(saturated), k256th);
  EXPECT_EQ(reading.step, k256th);
  EXPECT_EQ(reading.kind, kP);
  EXPECT_EQ(detect_reading(answers_of(in_steps(random_logits(100, 10, 1), 256, 0.1F)), 0.05F).step, 0.05F);
}

TEST(DetectReading, WhatTheUserDeclaredIsTheKindAndTheStepsStayWhatTheyAre) {
  const Answers logits = answers_of(in_steps(random_logits(100, 10, 1), 256, 0.1F));
  const OutputReading seen = detect_reading(logits);
  const OutputReading declared = detect_reading(logits, 0, kP);
  EXPECT_EQ(seen.kind, kZ);
  EXPECT_EQ(declared.kind, kP);
  EXPECT_EQ(declared.step, seen.step);
  EXPECT_EQ(detect_reading(answers_of(softmax(random_logits(100, 10, 1))), 0, kZ).kind, kZ);
}

TEST(DetectReading, TenMillionValuesTakeNoTime) {
  Answers answers;
  const std::span<float> raw = answers.prepare(10'000, 1000);
  Rng rng(3, 3);
  for (float& v : raw) v = 0.05F * static_cast<float>(static_cast<int>(rng.below(256)) - 128);
  const std::clock_t begin = std::clock();  // of this process: other programs' time does not count
  EXPECT_NEAR(detect_reading(answers).step, 0.05F, 1e-4F);
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 0.6);
}

}  // namespace
}  // namespace dflare
