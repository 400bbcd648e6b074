// Heads are judged on inputs that they have not seen, and what is counted is what the paper counts.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dflare/error.h"
#include "repair/folds.h"
#include "repair/rows.h"
#include "support/folder.h"

namespace dflare {
namespace {

using test::RowsBuilder;

TEST(Folds, ASeedAndItsFindingsAreNeverOnBothSides) {
  RowsBuilder builder;
  test::add_searched(builder, 53, 7, test::shifted(1.0F));
  test::add_natural(builder, 0, 80, 5, test::shifted(1.0F));
  const RepairRows rows = builder.build();
  const std::vector<int> fold = fold_of_rows(rows.seed, 5, 9);
  std::map<SeedIndex, std::set<int>> folds_of;
  std::map<int, int> inputs;
  for (std::size_t i = 0; i < rows.size(); ++i) folds_of[rows.seed[i]].insert(fold[i]);
  for (const auto& [seed, folds] : folds_of) {
    ASSERT_EQ(folds.size(), 1U) << "seed " << seed.value;
    ++inputs[*folds.begin()];
  }
  for (const auto& [number, count] : inputs) EXPECT_EQ(count, 16) << "fold " << number;
}

TEST(Folds, DependOnTheRunSeed) {
  std::vector<SeedIndex> seeds;
  for (int i = 0; i < 40; ++i) seeds.emplace_back(i);
  EXPECT_EQ(fold_of_rows(seeds, 5, 1), fold_of_rows(seeds, 5, 1));
  EXPECT_NE(fold_of_rows(seeds, 5, 1), fold_of_rows(seeds, 5, 2));
}

// Every seed's answers are its own and tell nothing of the others': a head that has seen a seed would know its
// findings by heart, one that has not is wrong on every one of them.
TEST(CrossValidation, KnowsNothingOfTheHeldOutInputs) {
  RowsBuilder builder;
  for (int s = 0; s < 40; ++s) {
    const int truth = s % 4;
    test::Logits original(4, 0);
    original[static_cast<std::size_t>(truth)] = 3;
    test::Logits compressed(4, 0);
    compressed[static_cast<std::size_t>((truth + 1 + s / 4 % 3) % 4)] = 3;
    Rng rng(1, static_cast<std::uint64_t>(s));
    for (float& v : compressed) v += 0.2F * rng.normal();
    for (int i = 0; i < 3; ++i) builder.add(s, RepairRowKind::kFinding, original, compressed);
  }
  const RepairRows rows = builder.build();
  const CrossValidation result = cross_validate(repair_method("drepair"), rows, 5, 0);
  EXPECT_LT(repair_ratio(result.counts), 0.7) << "chance among the three other classes is a third";
  const RepairHead seen = train_head(repair_method("drepair"), rows, test::all_of(rows), 0);
  int right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    right += repaired_label(seen, rows.compressed[i]) == rows.original[i].label ? 1 : 0;
  }
  EXPECT_GT(right, static_cast<int>(rows.size()) * 3 / 10);
}

TEST(CrossValidation, JudgesEveryRowOnce) {
  RowsBuilder builder;
  test::add_searched(builder, 20, 3, test::shifted(1.0F));
  test::add_natural(builder, 0, 20, 2, test::shifted(1.0F));
  const CrossValidation result = cross_validate(repair_method("drepair"), builder.build(), 5, 0);
  for (const int label : result.label) EXPECT_TRUE(label >= 0 && label < 4);
  EXPECT_EQ(result.counts.deviations, 60);
  EXPECT_EQ(result.counts.seeds, 20);
}

TEST(CrossValidation, TooFewInputsAreSaid) {
  RowsBuilder builder;
  test::add_searched(builder, 4, 2, test::shifted(1.0F));
  const RepairRows rows = builder.build();
  test::expect_error(ErrorCode::kBadInput, "too few", [&] { cross_validate(repair_method("drepair"), rows, 5, 0); });
}

TEST(RepairCounts, RatiosAreOverTheDeviations) {
  const RepairCounts counts{.deviations = 200, .repaired = 80, .seeds = 50, .induced = 10};
  EXPECT_DOUBLE_EQ(repair_ratio(counts), 0.4);
  EXPECT_DOUBLE_EQ(inducing_ratio(counts), 0.05);
  EXPECT_DOUBLE_EQ(improvement_ratio(counts), 0.35);
  EXPECT_EQ(repair_ratio({}), 0);
}

TEST(NaturalEffect, CountsImagesAndPairsThem) {
  std::vector<RepairedImage> images;
  for (int s = 0; s < 100; ++s) {
    images.push_back({SeedIndex(s), 1, 1, 1, 1});
    images.push_back({SeedIndex(s), 1, 1, s < 20 ? 0 : 1, s < 10 ? 0 : 1});
  }
  const NaturalEffect effect = natural_effect(images, 0);
  EXPECT_EQ(effect.inputs, 100U);
  EXPECT_EQ(effect.images, 200U);
  EXPECT_EQ(effect.differ_before, 20);
  EXPECT_EQ(effect.differ_after, 10);
  EXPECT_DOUBLE_EQ(effect.before.value, 0.1);
  EXPECT_DOUBLE_EQ(effect.change.value, -0.05);
  EXPECT_TRUE(effect.lowers());
  EXPECT_FALSE(effect.raises());
  EXPECT_TRUE(effect.change.interval.contains(-0.05));
  EXPECT_EQ(effect.labelled, 200U);
  EXPECT_DOUBLE_EQ(effect.accuracy_after, 0.95);
}

TEST(NaturalEffect, OneImageMoreIsNotBeyondChance) {
  std::vector<RepairedImage> images;
  for (int s = 0; s < 100; ++s) images.push_back({SeedIndex(s), -1, 1, 1, s == 0 ? 0 : 1});
  const NaturalEffect effect = natural_effect(images, 0);
  EXPECT_FALSE(effect.raises());
  EXPECT_EQ(effect.labelled, 0U);
}

}  // namespace
}  // namespace dflare
