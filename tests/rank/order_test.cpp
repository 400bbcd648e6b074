// What an order says of figures that differ clearly, hardly, and not at all.
#include "rank/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/rng.h"

namespace dflare {
namespace {

using testing::ElementsAre;

// One value a seed: what the seed makes of it, the same for all variants, plus the variant's own.
std::vector<double> noisy(double level, double own_noise, std::uint64_t variant) {
  std::vector<double> values;
  Rng common(1, 0);
  Rng own(2, variant);
  for (int i = 0; i < 100; ++i) {
    values.push_back(level + static_cast<double>(common.normal()) + own_noise * static_cast<double>(own.normal()));
  }
  return values;
}

TEST(Order, SmallerIsMoreAlike) {
  std::vector<int> rank;
  EXPECT_THAT(order_variants({noisy(3, 0.1, 0), noisy(1, 0.1, 1), noisy(2, 0.1, 2)}, 0, rank), ElementsAre(1, 2, 0));
  EXPECT_THAT(rank, ElementsAre(3, 1, 2));
}

TEST(Order, EqualVariantsCannotBeToldApart) {
  std::vector<int> rank;
  const std::vector<double> same = noisy(1, 0, 0);
  EXPECT_THAT(order_variants({same, noisy(5, 0, 0), same, same}, 0, rank), ElementsAre(0, 2, 3, 1));
  EXPECT_THAT(rank, ElementsAre(1, 4, 1, 1));
}

// Their means differ by 0.2 where each has a standard error of 0.1, but seed for seed the difference is plain.
TEST(Order, DifferencesArePairedBySeed) {
  std::vector<int> rank;
  order_variants({noisy(1, 0.01, 0), noisy(1.2, 0.01, 1)}, 0, rank);
  EXPECT_THAT(rank, ElementsAre(1, 2));
  order_variants({noisy(1, 3, 0), noisy(1.2, 3, 1)}, 0, rank);
  EXPECT_THAT(rank, testing::Each(1));
}

// A mean of just `level`, in waves that differ from variant to variant: a difference has a standard error of 0.14.
std::vector<double> waves(double level, unsigned bit) {
  std::vector<double> values;
  for (unsigned i = 0; i < 96; ++i) values.push_back((i & bit) != 0 ? level + 1 : level - 1);
  return values;
}

// 0 and 0.2 are one group; 0.2 and 0.4 would be another; 0 and 0.4 are told apart.
TEST(Order, GroupsAreToldFromTheirFirst) {
  std::vector<int> rank;
  order_variants({waves(0, 1), waves(0.2, 2), waves(0.4, 4)}, 0, rank);
  EXPECT_THAT(rank, ElementsAre(1, 1, 3));
  order_variants({waves(0.2, 2), waves(0.4, 4)}, 0, rank);
  EXPECT_THAT(rank, ElementsAre(1, 1));
}

TEST(Order, VariantWithoutFiguresIsLeftOut) {
  std::vector<int> rank;
  EXPECT_THAT(order_variants({{}, noisy(1, 0, 0)}, 0, rank), ElementsAre(1));
  EXPECT_THAT(rank, ElementsAre(0, 1));
}

}  // namespace
}  // namespace dflare
