// What heads learn of models whose difference is known.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dflare/error.h"
#include "repair/rows.h"
#include "support/folder.h"

namespace dflare {
namespace {

using test::RowsBuilder;

// Disagreement before and after on fresh natural rows.
struct Outcome {
  double before = 0, after = 0;
};

Outcome judge(const RepairHead& head, const test::Compression& compress) {
  RowsBuilder fresh;
  test::add_natural(fresh, 10000, 400, 10, compress);
  const RepairRows rows = fresh.build();
  Outcome outcome;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    outcome.before += rows.differs(i) ? 1 : 0;
    outcome.after += repaired_label(head, rows.compressed[i]) != rows.original[i].label ? 1 : 0;
  }
  return {outcome.before / static_cast<double>(rows.size()), outcome.after / static_cast<double>(rows.size())};
}

RepairHead learn(const char* method, const test::Compression& compress, int findings = 4) {
  constexpr int kSeeds = 200;
  RowsBuilder builder;
  test::add_searched(builder, 60, findings, compress);
  test::add_natural(builder, 100, kSeeds, 6, compress);
  const RepairRows rows = builder.build();
  return train_head(repair_method(method), rows, test::all_of(rows), 3);
}

TEST(RepairMethods, NaturalUndoesAShiftOfOneClass) {
  const Outcome outcome = judge(learn("natural", test::shifted(1.0F)), test::shifted(1.0F));
  EXPECT_GT(outcome.before, 0.08);
  EXPECT_LT(outcome.after, outcome.before / 8);
}

TEST(RepairMethods, NaturalChangesNothingForEqualModels) {
  const auto equal = test::shifted(0.0F);
  EXPECT_TRUE(learn("natural", equal, 0).layers.empty());
}

// Noise cannot be undone: whatever is chosen must not make it worse beyond chance.
TEST(RepairMethods, NaturalDoesNoHarmWhereThereIsNothingToGain) {
  const Outcome outcome = judge(learn("natural", test::noisy(0.3F)), test::noisy(0.3F));
  EXPECT_GT(outcome.before, 0.05);
  EXPECT_LT(outcome.after, outcome.before * 1.04);
}

TEST(RepairMethods, DrepairRepairsFindingsOfInputsNotSeen) {
  RowsBuilder builder;
  test::add_searched(builder, 100, 8, test::shifted(1.0F));
  const CrossValidation result = cross_validate(repair_method("drepair"), builder.build(), 5, 1);
  EXPECT_EQ(result.counts.deviations, 800);
  EXPECT_EQ(result.counts.seeds, 100);
  EXPECT_GT(improvement_ratio(result.counts), 0.7);
}

TEST(RepairMethods, ZoneIsSilentAboveItsMargin) {
  const RepairHead head = learn("zone", test::shifted(1.0F));
  EXPECT_FALSE(head.layers.empty());
  EXPECT_LT(head.below_margin, 1.0 + 1e-5) << "no finding of a shift by 1 has a larger margin";
  EXPECT_GT(head.below_margin, 0.5);
}

TEST(RepairMethods, TheSameRowsGiveTheSameHead) {
  for (const RepairMethod& method : repair_methods()) {
    const RepairHead one = learn(method.name.c_str(), test::shifted(0.7F));
    const RepairHead two = learn(method.name.c_str(), test::shifted(0.7F));
    ASSERT_EQ(one.layers.size(), two.layers.size()) << method.name;
    for (std::size_t i = 0; i < one.layers.size(); ++i) {
      EXPECT_EQ(one.layers[i].weights, two.layers[i].weights) << method.name;
      EXPECT_EQ(one.layers[i].bias, two.layers[i].bias) << method.name;
    }
    EXPECT_EQ(one.method, method.name);
  }
}

TEST(RepairMethods, RowsThatAreNotFiniteAreLeftOut) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const RepairMethod& method : repair_methods()) {
    RowsBuilder builder;
    test::add_searched(builder, 30, 3, test::shifted(1.0F));
    test::add_natural(builder, 0, 30, 3, test::shifted(1.0F));
    builder.add(3, RepairRowKind::kFinding, {nan, 0, 0, 0}, {1, 0, 0, 0});
    builder.add(4, RepairRowKind::kNatural, {1, 0, 0, 0}, {nan, 0, 0, 0});
    const RepairRows rows = builder.build();
    for (const DenseLayer& layer : train_head(method, rows, test::all_of(rows), 0).layers) {
      for (const float w : layer.weights) ASSERT_TRUE(std::isfinite(w)) << method.name;
    }
  }
}

TEST(RepairMethods, NothingToLearnFromIsSaid) {
  RowsBuilder builder;
  builder.add(0, RepairRowKind::kNatural, {1, 0, 0, 0}, {1, 0, 0, 0});
  const RepairRows rows = builder.build();
  test::expect_error(ErrorCode::kBadInput, "nothing",
                     [&] { train_head(repair_method("drepair"), rows, test::all_of(rows), 0); });
}

TEST(RepairMethods, UnknownNameGetsTheNearest) {
  test::expect_error(ErrorCode::kBadArgument, "drepair", [] { repair_method("repair"); });
}

}  // namespace
}  // namespace dflare
