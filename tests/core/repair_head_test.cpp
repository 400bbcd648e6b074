// A head corrects where it speaks, and only there.
#include "dflare/repair_head.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dflare {
namespace {

Answers answered(std::vector<float> p) {
  Answers answers;
  std::copy(p.begin(), p.end(), answers.prepare(1, p.size()).begin());
  answers.interpret({.kind = OutputKind::kProbabilities});
  return answers;
}

// Exchanges classes 0 and 1 of three.
RepairHead exchange() {
  RepairHead head;
  head.layers.push_back({.inputs = 3, .outputs = 3, .weights = {0, 1, 0, 1, 0, 0, 0, 0, 1}, .bias = {0, 0, 0}});
  return head;
}

TEST(RepairHead, WithoutLayersChangesNothing) { EXPECT_EQ(repaired_label({}, answered({0.2F, 0.5F, 0.3F})[0]), 1); }

TEST(RepairHead, GivesTheLabelOfTheLargestScore) {
  EXPECT_EQ(repaired_label(exchange(), answered({0.2F, 0.5F, 0.3F})[0]), 0);
  EXPECT_EQ(repaired_label(exchange(), answered({0.2F, 0.3F, 0.5F})[0]), 2);
}

TEST(RepairHead, IsSilentWhereTheModelIsSure) {
  RepairHead head = exchange();
  head.below_margin = std::log(2.0);
  EXPECT_EQ(repaired_label(head, answered({0.30F, 0.50F, 0.20F})[0]), 0);
  EXPECT_EQ(repaired_label(head, answered({0.10F, 0.80F, 0.10F})[0]), 1);
}

TEST(RepairHead, HiddenLayersAndLogFeatures) {
  RepairHead head;
  head.features = HeadFeatures::kLogProbabilities;
  // Hidden: relu(log p1 - log p0), then class 0 gets it, class 1 gets 1 - it.
  head.layers.push_back(
      {.inputs = 2, .outputs = 1, .weights = {-1, 1}, .bias = {0}, .activation = DenseLayer::Activation::kRelu});
  head.layers.push_back({.inputs = 1, .outputs = 2, .weights = {1, -1}, .bias = {0, 1}});
  EXPECT_EQ(repaired_label(head, answered({0.2F, 0.8F})[0]), 0);  // log 4 > 1/2
  EXPECT_EQ(repaired_label(head, answered({0.45F, 0.55F})[0]), 1);
}

TEST(RepairHead, MarginOfATieIsZero) {
  EXPECT_DOUBLE_EQ(top_margin(answered({0.4F, 0.4F, 0.2F})[0]), 0);
  EXPECT_NEAR(top_margin(answered({0.1F, 0.6F, 0.3F})[0]), std::log(2.0), 1e-6);
}

}  // namespace
}  // namespace dflare
