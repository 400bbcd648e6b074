// What changed is told, and chance is not taken for a change.
#include "dflare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/rng.h"

namespace dflare {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<ComparedInput> inputs_of(int fixed, int created, int still, int neither) {
  std::vector<ComparedInput> inputs;
  const auto add = [&](int n, bool before, bool after) {
    for (int i = 0; i < n; ++i) {
      inputs.push_back({.source = std::to_string(inputs.size()), .before = before, .after = after});
    }
  };
  add(fixed, true, false);
  add(created, false, true);
  add(still, true, true);
  add(neither, false, false);
  return inputs;
}

TEST(Compare, FixedNewAndStillThereAreCounted) {
  const Comparison comparison = compare_inputs(inputs_of(2, 1, 3, 4), true);
  EXPECT_THAT(comparison.fixed, ElementsAre("0", "1"));
  EXPECT_THAT(comparison.created, ElementsAre("2"));
  EXPECT_EQ(comparison.still, 3);
  EXPECT_EQ(comparison.neither, 4);
  EXPECT_EQ(comparison.inputs, 10);
  const PairedFigure& found = comparison.figures.at(0);
  EXPECT_DOUBLE_EQ(found.before, 0.5);
  EXPECT_DOUBLE_EQ(found.after, 0.4);
  EXPECT_NEAR(found.change.value, -0.1, 1e-12);
  EXPECT_EQ(found.direction, Direction::kCannotTell) << "of ten inputs";
}

TEST(Compare, FewerFindingsOfManyInputsAreBetterAndMoreAreWorse) {
  EXPECT_EQ(compare_inputs(inputs_of(40, 5, 10, 100), true).figures.at(0).direction, Direction::kBetter);
  EXPECT_EQ(compare_inputs(inputs_of(5, 40, 10, 100), true).figures.at(0).direction, Direction::kWorse);
  EXPECT_EQ(compare_inputs(inputs_of(20, 20, 10, 100), true).figures.at(0).direction, Direction::kCannotTell);
}

TEST(Compare, MoreQueriesAreBetterAndMoreSeverityIsWorse) {
  std::vector<ComparedInput> inputs = inputs_of(0, 0, 50, 0);
  Rng rng(1, 0);
  for (ComparedInput& input : inputs) {
    input.queries_before = 10;
    input.queries_after = 20 + 2 * rng.uniform();
    input.severity_before = 1;
    input.severity_after = 2 + rng.uniform();
  }
  const Comparison comparison = compare_inputs(inputs, true);
  ASSERT_EQ(comparison.figures.size(), 3);
  EXPECT_EQ(comparison.figures[1].name, "queries an input");
  EXPECT_EQ(comparison.figures[1].direction, Direction::kBetter);
  EXPECT_EQ(comparison.figures[2].direction, Direction::kWorse);
  inputs.resize(19);
  EXPECT_EQ(compare_inputs(inputs, true).figures[1].direction, Direction::kCannotTell) << "of so few";
}

TEST(Compare, CorruptedSharesArePairedByInput) {
  std::vector<ComparedInput> inputs = inputs_of(0, 0, 0, 200);
  Rng rng(1, 0);
  for (ComparedInput& input : inputs) {
    input.corrupted_before = 0.5 * rng.uniform();
    input.corrupted_after = *input.corrupted_before + 0.1;  // far less than the inputs differ by among themselves
  }
  const PairedFigure figure = compare_inputs(inputs, false).figures.at(1);
  EXPECT_NEAR(figure.change.value, 0.1, 1e-9);
  EXPECT_EQ(figure.direction, Direction::kWorse);
}

TEST(Compare, TheSameTwiceIsNoChange) {
  const Comparison comparison = compare_inputs(inputs_of(0, 0, 30, 30), false);
  EXPECT_THAT(comparison.fixed, IsEmpty());
  EXPECT_EQ(comparison.figures.at(0).change.value, 0);
  EXPECT_TRUE(comparison.figures.at(0).change.interval.contains(0));
  EXPECT_GT(comparison.figures.at(0).change.interval.high, 0.05) << "sixty inputs prove no more";
}

// Paired intervals are honest: of two equal models at most 5 % are told apart.
TEST(Compare, EqualModelsAreSeldomToldApart) {
  int told = 0;
  for (int run = 0; run < 2000; ++run) {
    Rng rng(5, static_cast<std::uint64_t>(run));
    std::vector<ComparedInput> inputs(100);
    for (ComparedInput& input : inputs) {
      input.before = rng.uniform() < 0.1;
      input.after = rng.uniform() < 0.1;
    }
    told += compare_inputs(inputs, false).figures.at(0).direction != Direction::kCannotTell ? 1 : 0;
  }
  EXPECT_LE(told, 100);
}

}  // namespace
}  // namespace dflare
