// Intervals that hold whatever the size of the sample.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dflare/exact_intervals.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

void expect_interval(const Interval& interval, double low, double high) {
  EXPECT_NEAR(interval.low, low, 1e-9);
  EXPECT_NEAR(interval.high, high, 1e-9);
}

// Beta quantiles, by sums of binomial chances in exact arithmetic, halved a hundred times.
TEST(ExactIntervals, SharesAreClopperAndPearsons) {
  expect_interval(exact_share(0, 20), 0, 0.1684334710);
  expect_interval(exact_share(20, 20), 0.8315665290, 1);
  expect_interval(exact_share(5, 100), 0.0164318792, 0.1128349111);
  expect_interval(exact_share(1, 1), 0.025, 1);
}

// 1 - 0.025^(1/n), for none of n: small and large.
TEST(ExactIntervals, NoneOfManyHasItsClosedForm) {
  for (const double n : {1.0, 7.0, 300.0, 100'000.0}) {
    EXPECT_NEAR(exact_share(0, n).high, 1 - std::pow(0.025, 1 / n), 1e-9) << n;
  }
}

TEST(ExactIntervals, NothingAskedProvesNothing) {
  expect_interval(exact_share(0, 0), 0, 1);
  expect_interval(exact_change(0, 0, 0), -1, 1);
  expect_interval(bounded_mean({}, 1), 0, 1);
}

TEST(ExactIntervals, AChangeIsHowManyChangeAndWhichWay) {
  const Interval none = exact_change(0, 0, 100);
  EXPECT_NEAR(none.high, 1 - std::pow(0.0125, 1.0 / 100), 1e-9);
  EXPECT_NEAR(none.low, -none.high, 1e-12);
  const Interval worse = exact_change(30, 5, 100);
  EXPECT_LT(worse.low, 0.25);
  EXPECT_GT(worse.low, 0);
  EXPECT_GT(worse.high, 0.25);
  const Interval better = exact_change(5, 30, 100);
  EXPECT_NEAR(better.low, -worse.high, 1e-9);
  EXPECT_NEAR(better.high, -worse.low, 1e-9);
  // By McNemar's test seven of seven can be told from chance at 2.5 % (2 / 2^7 = 0.016), six of six cannot (0.031).
  EXPECT_GT(exact_change(7, 0, 300).low, 0);
  EXPECT_LT(exact_change(6, 0, 300).low, 0);
}

TEST(ExactIntervals, AMeanOfManyIsKnownClosely) {
  Rng rng(3, 0);
  std::vector<double> values(4000);
  for (double& value : values) value = rng.uniform();
  const Interval interval = bounded_mean(values, 1);
  EXPECT_LT(interval.low, 0.5);
  EXPECT_GT(interval.high, 0.5);
  EXPECT_LT(interval.high - interval.low, 0.03);
}

// Inputs come class by class: an order in which the first hundred are all bad must not pass for a high mean.
TEST(ExactIntervals, TheOrderOfTheValuesTellsNothing) {
  std::vector<double> values(1000, 0.0);
  std::fill_n(values.begin(), 100, 1.0);
  const Interval interval = bounded_mean(values, 1);
  EXPECT_LT(interval.low, 0.1);
  EXPECT_GT(interval.high, 0.1);
}

TEST(ExactIntervals, AFewEqualValuesAreNoProof) { EXPECT_GT(bounded_mean(std::vector<double>(20, 0.0), 1).high, 0.15); }

}  // namespace
}  // namespace dflare
