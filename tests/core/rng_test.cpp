// The random streams: fixed for ever, unbiased, normal, independent of each other.
#include "dflare/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace dflare {
namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// Sum over the cells of (seen - expected)^2 / expected.
double chi_square(const std::vector<double>& seen, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  }
  return sum;
}

// Above this a chi-square value of so many degrees of freedom lies in one of 10 000 cases (Wilson and Hilferty).
double chi_square_limit(double freedom) {
  const double spread = 2.0 / (9.0 * freedom);
  return freedom * std::pow(1 - spread + 3.719 * std::sqrt(spread), 3);
}

// Expected values from an implementation of xoshiro256++ and splitmix64 in another language. They must never change:
// whoever reruns an old search relies on them.
TEST(Rng, KnownValuesStayFixed) {
  const auto first_four = [](Rng rng) {
    return std::vector<std::uint64_t>{rng.next(), rng.next(), rng.next(), rng.next()};
  };
  EXPECT_EQ(first_four(Rng(0, 0)), (std::vector<std::uint64_t>{0x3ed1653f0682083a, 0x852cecd8e7418ff7,
                                                               0x8deb058ebaf6ffc3, 0x5d6618916da2d0f5}));
  EXPECT_EQ(first_four(Rng(42, 7)), (std::vector<std::uint64_t>{0xf32799fb18a1c6df, 0x66713433387686fb,
                                                                0xbc40cd66a7abf0eb, 0x0629518319309705}));
  EXPECT_EQ(first_four(Rng(42, 7, 1)), (std::vector<std::uint64_t>{0xb7f81c4eec1da710, 0x08b68e66a00a88bb,
                                                                   0x8bdc10c3e801baf6, 0xa8ea027ffc12f443}));
}

TEST(Rng, DrawsAreMadeFromTheHighBits) {
  EXPECT_DOUBLE_EQ(Rng(0, 0).uniform(), static_cast<double>(0x3ed1653f0682083aULL >> 11) * 0x1.0p-53);
  EXPECT_EQ(Rng(0, 0).below(1000), (0x3ed1653fULL * 1000) >> 32);
}

TEST(Rng, BelowIsUniform) {
  for (const std::uint32_t n : {2U, 3U, 7U, 10U, 256U}) {
    Rng rng(1, n);
    std::vector<double> seen(n, 0);
    for (std::uint32_t i = 0; i < 1000 * n; ++i) ++seen.at(rng.below(n));
    EXPECT_LT(chi_square(seen, std::vector<double>(n, 1000)), chi_square_limit(n - 1)) << "n = " << n;
  }
}

// Without rejection, one in four 32-bit numbers is too many for n = 3 * 2^30: the multiples of 3 would come twice as
// often as their neighbours.
TEST(Rng, BelowIsUnbiasedForLargeBounds) {
  Rng rng(2, 0);
  constexpr std::uint32_t kBound = 3U << 30;
  constexpr int kDraws = 30000;
  std::vector<double> seen(3, 0);
  for (int i = 0; i < kDraws; ++i) {
    const std::uint32_t v = rng.below(kBound);
    ASSERT_LT(v, kBound);
    ++seen[v % 3];
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(3, kDraws / 3.0)), chi_square_limit(2));
}

TEST(Rng, BelowOneIsAlwaysZero) {
  Rng rng(3, 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(rng.below(1), 0U);
}

TEST(Rng, BetweenIncludesBothEnds) {
  Rng rng(4, 0);
  std::set<int> seen;
  for (int i = 0; i < 300; ++i) seen.insert(rng.between(-2, 2));
  EXPECT_EQ(seen, (std::set<int>{-2, -1, 0, 1, 2}));
}

TEST(Rng, UniformFillsTheUnitIntervalEvenly) {
  Rng rng(5, 0);
  std::vector<double> seen(100, 0);
  for (int i = 0; i < 100000; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++seen[static_cast<std::size_t>(u * 100)];
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(100, 1000)), chi_square_limit(99));
}

TEST(Rng, NormalHasTheMomentsOfTheNormalDistribution) {
  Rng rng(6, 0);
  constexpr int kDraws = 1000000;
  double sums[4] = {0, 0, 0, 0};
  for (int i = 0; i < kDraws; ++i) {
    const double z = rng.normal();
    double power = 1;
    for (double& sum : sums) sum += power *= z;
  }
  // Four standard errors of each.
  const double error = 4 / std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(sums[0] / kDraws, 0, error);
  EXPECT_NEAR(sums[1] / kDraws, 1, error * std::sqrt(2.0));
  EXPECT_NEAR(sums[2] / kDraws, 0, error * std::sqrt(15.0));
  EXPECT_NEAR(sums[3] / kDraws, 3, error * std::sqrt(96.0));
}

TEST(Rng, NormalFollowsTheNormalDistribution) {
  Rng rng(7, 0);
  constexpr int kDraws = 1000000;
  constexpr int kCells = 70;  // a tenth each, from -3.5 to 3.5; what lies outside joins the outermost
  const auto edge = [](int cell) { return -3.5 + 0.1 * cell; };
  std::vector<double> seen(kCells, 0);
  std::vector<double> expected(kCells, 0);
  for (int i = 0; i < kDraws; ++i) {
    const int cell = static_cast<int>(std::floor((rng.normal() + 3.5) * 10));
    ++seen[static_cast<std::size_t>(std::clamp(cell, 0, kCells - 1))];
  }
  for (int cell = 0; cell < kCells; ++cell) {
    const double low = cell == 0 ? 0 : normal_cdf(edge(cell));
    const double high = cell == kCells - 1 ? 1 : normal_cdf(edge(cell + 1));
    expected[static_cast<std::size_t>(cell)] = kDraws * (high - low);
  }
  EXPECT_LT(chi_square(seen, expected), chi_square_limit(kCells - 1));
}

// The ziggurat treats what lies beyond 3.654 apart: 2.6 in 10 000 draws.
TEST(Rng, NormalHasItsTails) {
  Rng rng(8, 0);
  constexpr int kDraws = 40000000;
  const std::vector<double> edges{3.5, 3.6541528853610088, 3.8, 4.0, 4.3, 40};
  std::vector<double> seen(2 * (edges.size() - 1), 0);
  std::vector<double> expected(seen.size(), 0);
  std::vector<float> some(10000);
  for (int drawn = 0; drawn < kDraws; drawn += 10000) {
    rng.normals(some);
    for (const double z : some) {
      if (std::abs(z) < edges.front()) continue;
      const auto cell = std::upper_bound(edges.begin(), edges.end(), std::abs(z)) - edges.begin() - 1;
      ++seen.at(static_cast<std::size_t>(2 * cell + (z < 0 ? 1 : 0)));
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    expected[i] = kDraws * (normal_cdf(-edges[i / 2]) - normal_cdf(-edges[i / 2 + 1]));
  }
  EXPECT_LT(chi_square(seen, expected), chi_square_limit(static_cast<double>(seen.size())));
}

TEST(Rng, NormalsAreTheNumbersThatNormalGives) {
  Rng one_by_one(9, 0);
  Rng together(9, 0);
  std::vector<float> z(5000);  // long enough for the 1.2 % off the fast path, and for the tail
  together.normals(z);
  for (const float expected : z) ASSERT_EQ(one_by_one.normal(), expected);
  EXPECT_EQ(one_by_one.next(), together.next());
}

TEST(Rng, StreamsOfOneRunDoNotRepeatEachOther) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t run = 0; run < 10; ++run) {
    for (std::uint64_t stream = 0; stream < 1000; ++stream) {
      for (std::uint64_t purpose = 0; purpose < 3; ++purpose) seen.insert(Rng(run, stream, purpose).next());
    }
  }
  EXPECT_EQ(seen.size(), 10U * 1000U * 3U);
}

TEST(Rng, NeighbouringStreamsAreUncorrelated) {
  constexpr int kDraws = 100000;
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    Rng a(0, stream);
    Rng b(0, stream + 1);
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12;
    EXPECT_NEAR(sum / kDraws, 0, 4 / std::sqrt(static_cast<double>(kDraws))) << "streams " << stream << " and the next";
  }
}

// The first draws of many streams, one of each, are as good as the draws of one stream.
TEST(Rng, FirstDrawsOfManyStreamsAreUniform) {
  std::vector<double> seen(64, 0);
  for (std::uint64_t stream = 0; stream < 64000; ++stream) ++seen[Rng(0, stream).below(64)];
  EXPECT_LT(chi_square(seen, std::vector<double>(64, 1000)), chi_square_limit(63));
}

}  // namespace
}  // namespace dflare
