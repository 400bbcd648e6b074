// Figures of samples against values worked out by hand or taken from the literature.
#include "dflare/statistics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace dflare {
namespace {

TEST(Statistics, WilsonIntervalOfSomeAndOfNone) {
  const Interval some = Share{8, 10}.interval();
  EXPECT_NEAR(some.low, 0.4902, 1e-4);
  EXPECT_NEAR(some.high, 0.9433, 1e-4);
  const Interval none = Share{0, 20}.interval();
  EXPECT_NEAR(none.low, 0, 1e-12);
  EXPECT_NEAR(none.high, 0.1611, 1e-4);
  EXPECT_EQ((Share{0, 0}.interval().high), 1);
}

TEST(Statistics, QuantilesAreLinearBetweenValues) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({10, 20}, 0.9), 19);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.1), 7);
  EXPECT_DOUBLE_EQ(quantile({}, 0.5), 0);
}

TEST(Statistics, BootstrapSpansTheMeanAndRepeats) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 4 == 0 ? 1 : 0);
  const Interval interval = bootstrap_mean(values, 7);
  EXPECT_TRUE(interval.contains(0.25));
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * 0.433 / 20, 0.01);
  EXPECT_EQ(bootstrap_mean(values, 7).low, interval.low);
}

TEST(Statistics, EstimatesHoldTheMeanAndAnIntervalAroundIt) {
  const std::vector<double> values{0, 0.5, 1, 0.25, 0.75, 0.5};
  for (const Estimate& e : {mean_estimate(values, 3), share_estimate(values, 3), change_estimate(values, 3)}) {
    EXPECT_DOUBLE_EQ(e.value, 0.5);
    EXPECT_TRUE(e.interval.contains(0.5));
    EXPECT_LT(e.interval.low, e.interval.high);
    EXPECT_EQ(e.of, 6);
  }
}

// Where all units say the same, no bootstrap draw differs; the count still bounds the share.
TEST(Statistics, AMediansIntervalIsOfTheMedian) {
  const std::vector<double> values{0, 0, 1, 2, 3, 4, 100};
  const Estimate e = median_estimate(values, 3);
  EXPECT_EQ(e.value, 2);
  EXPECT_EQ(e.of, 7);
  EXPECT_LE(e.interval.low, 1);
  EXPECT_GE(e.interval.high, 3);
  EXPECT_LT(e.interval.high, mean(values) + 90) << "one far value moves no median";
  EXPECT_EQ(median_estimate(values, 3).interval.low, e.interval.low);
  EXPECT_EQ(median_estimate({}, 3).of, 0);
}

TEST(Statistics, FewUnitsThatAllSayTheSameAreNoProof) {
  const std::vector<double> none(20, 0.0);
  const std::vector<double> all(20, 1.0);
  const double reach = Share{0, 20}.interval().high;
  EXPECT_EQ(share_estimate(none, 1).interval.low, 0);
  EXPECT_EQ(share_estimate(none, 1).interval.high, reach);
  EXPECT_NEAR(share_estimate(all, 1).interval.low, 1 - reach, 1e-12);
  EXPECT_EQ(share_estimate(all, 1).interval.high, 1);
  EXPECT_EQ(change_estimate(none, 1).interval.low, -reach);
  EXPECT_EQ(change_estimate(none, 1).interval.high, reach);
  EXPECT_EQ(mean_estimate(none, 1).interval.high, 0) << "nothing bounds it";
}

TEST(Statistics, BootstrapHoldsNinetyFivePercent) {
  std::vector<double> values(100);
  std::iota(values.begin(), values.end(), 0.0);
  const double reach = 1.96 * 28.87 / 10;  // of the mean of a hundred, by the central limit
  const Interval interval = bootstrap_mean(values, 3, 20000);
  EXPECT_NEAR(interval.low, 49.5 - reach, 0.3);
  EXPECT_NEAR(interval.high, 49.5 + reach, 0.3);
}

TEST(Statistics, AucCountsTiesHalf) {
  const std::vector<double> low{1, 2};
  const std::vector<double> high{2, 3};
  EXPECT_DOUBLE_EQ(auc(high, low), 3.5 / 4);
  EXPECT_DOUBLE_EQ(auc(low, high), 0.5 / 4);
  EXPECT_DOUBLE_EQ(auc({}, high), 0.5);
}

TEST(Statistics, SpearmanSeesOrderOnly) {
  const std::vector<double> a{1, 2, 3, 4};
  const std::vector<double> steep{1, 10, 100, 1000};
  const std::vector<double> falling{4, 3, 2, 1};
  const std::vector<double> flat{5, 5, 5, 5};
  EXPECT_DOUBLE_EQ(spearman(a, steep), 1);
  EXPECT_DOUBLE_EQ(spearman(a, falling), -1);
  EXPECT_DOUBLE_EQ(spearman(a, flat), 0);
  const std::vector<double> tied{1, 2, 2, 3};
  EXPECT_NEAR(spearman(a, tied), 0.9487, 1e-4);
}

}  // namespace
}  // namespace dflare
