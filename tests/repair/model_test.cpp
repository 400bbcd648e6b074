// A repaired model answers as its head says; head.json keeps a head to the bit.
#include <gtest/gtest.h>

#include <cmath>

#include "dflare/error.h"
#include "dflare/repair.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{2, 2, 1};

// Logits 0, x and 2 - x for pixels of mean 100 x.
std::unique_ptr<Model> inner() {
  return make_function_model(kShape, 3, [](InputView in, std::span<float> out) {
    const auto x = static_cast<float>(toy::mean_of(in) / 100);
    out[0] = 0;
    out[1] = x;
    out[2] = 2 - x;
  });
}

// Exchanges classes 1 and 2 below a margin of 1.
RepairHead exchange() {
  RepairHead head{.method = "drepair", .features = HeadFeatures::kLogProbabilities};
  head.layers.push_back({.inputs = 3, .outputs = 3, .weights = {1, 0, 0, 0, 0, 1, 0, 1, 0}, .bias = {0, 0, 0}});
  head.below_margin = 1;
  return head;
}

Answers ask(Model& model, int level, OutputReading reading) {
  const Input image = toy::filled(kShape, level);
  const InputView view = image.view();
  Answers answers;
  model.query({&view, 1}, answers);
  answers.interpret(reading);
  return answers;
}

TEST(RepairedModel, GivesTheLabelOfItsHead) {
  const OutputReading logits{.kind = OutputKind::kLogits};
  const auto plain = inner();
  for (const bool probabilities : {false, true}) {
    const auto repaired = make_repaired_model(inner(), exchange(), logits, probabilities);
    const OutputReading reading{.kind = probabilities ? OutputKind::kProbabilities : OutputKind::kLogits};
    for (int level = 0; level <= 250; level += 10) {
      const Answers before = ask(*plain, level, logits);
      const Answers after = ask(*repaired, level, reading);
      EXPECT_EQ(after[0].label, repaired_label(exchange(), before[0])) << "level " << level;
    }
  }
}

TEST(RepairedModel, WhereTheHeadIsSilentAnswersAsTheModelDoes) {
  const OutputReading logits{.kind = OutputKind::kLogits};
  const auto repaired = make_repaired_model(inner(), exchange(), logits, false);
  const Answers before = ask(*inner(), 10, logits);
  const Answers after = ask(*repaired->clone(), 10, logits);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(after[0].raw[c], before[0].raw[c]);
}

TEST(RepairedModel, OutputsThatAreSkippedStayFarBelow) {
  const OutputReading reading{.kind = OutputKind::kLogits, .skip_classes = 1};
  RepairHead head;
  head.layers.push_back({.inputs = 2, .outputs = 2, .weights = {0, 1, 1, 0}, .bias = {0, 0}});
  const auto repaired = make_repaired_model(inner(), head, reading, false);
  EXPECT_EQ(repaired->info().classes, 3U);
  const Answers after = ask(*repaired, 50, {.kind = OutputKind::kLogits});
  EXPECT_EQ(after[0].label, 1) << "of 2, exchanged; counted with the class that is skipped";
  EXPECT_LT(after[0].p[0], 1e-6F);
}

TEST(RepairedModel, HeadForOtherClassesIsRefused) {
  RepairHead head;
  head.layers.push_back({.inputs = 4, .outputs = 4, .weights = std::vector<float>(16), .bias = {0, 0, 0, 0}});
  test::expect_error(ErrorCode::kBadInput, "4 classes", [&] { make_repaired_model(inner(), head, {}, false); });
}

}  // namespace
}  // namespace dflare
