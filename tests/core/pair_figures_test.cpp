// What the answers of two models count up to.
#include "dflare/pair_figures.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/pair_figures_json.h"

namespace dflare {
namespace {

Answers logits(std::initializer_list<float> values) {
  Answers answers;
  const std::span<float> raw = answers.prepare(1, values.size());
  std::copy(values.begin(), values.end(), raw.begin());
  answers.interpret({OutputKind::kLogits, 0, 0});
  return answers;
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(PairCounter, CountsEveryKindOfInput) {
  PairCounter counter;
  counter.add(logits({1, 0, 0})[0], logits({1, 0, 0})[0], 0);     // the same numbers, right
  counter.add(logits({1, 0, 0})[0], logits({2, 0, 0})[0], 1);     // agree, both wrong
  counter.add(logits({0, 1, 0})[0], logits({1, 0, 0})[0], 1);     // the original alone is right
  counter.add(logits({1, 0, 0})[0], logits({0, 3, 3})[0], -1);    // tied, no label
  counter.add(logits({1, 0, 0})[0], logits({kNan, 0, 0})[0], 0);  // not finite
  const PairFigures expected{.asked = 5,
                             .agree = 2,
                             .identical = 1,
                             .tied = 1,
                             .not_finite_original = 0,
                             .not_finite_compressed = 1,
                             .one_label_original = 4,
                             .one_label_compressed = 3,
                             .classes = 3,
                             .labelled = 4,
                             .right_original = 3,
                             .right_compressed = 1};
  EXPECT_EQ(counter.figures(), expected);
}

TEST(PairCounter, NanIsNeitherAgreementNorIdentity) {
  PairCounter counter;
  counter.add(logits({kNan, 0})[0], logits({kNan, 0})[0], -1);
  EXPECT_EQ(counter.figures().agree, 0);
  EXPECT_EQ(counter.figures().identical, 0);
}

TEST(PairCounter, ABackgroundClassOfOneModelIsTakenOff) {
  PairCounter counter(0, 1);
  counter.add(logits({0, 1, 0})[0], logits({0, 0, 1, 0})[0], 1);
  EXPECT_EQ(counter.figures().agree, 1);
  EXPECT_EQ(counter.figures().right_original, 1);
  EXPECT_EQ(counter.figures().right_compressed, 1);
}

TEST(PairFigures, JsonGivesBackEveryCount) {
  PairFigures figures{.asked = 1,
                      .agree = 2,
                      .identical = 3,
                      .tied = 4,
                      .not_finite_original = 5,
                      .not_finite_compressed = 6,
                      .one_label_original = 7,
                      .one_label_compressed = 8,
                      .classes = 9,
                      .labelled = 10,
                      .right_original = 11,
                      .right_compressed = 12};
  EXPECT_EQ(pair_figures_of(json_of(figures)), figures);
  EXPECT_EQ(pair_figures_of(nlohmann::ordered_json::object()), PairFigures{});
}

}  // namespace
}  // namespace dflare
