// Figures of samples, with how sure one can be of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dflare {

// A 95 % confidence interval, both ends included.
struct Interval {
  double low = 0;
  double high = 0;

  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
};

// A counted share and its Wilson score interval (Wilson, JASA 1927). Of nothing: value 0, interval 0 to 1.
struct Share {
  std::int64_t part = 0;
  std::int64_t whole = 0;

  [[nodiscard]] double value() const { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }
  [[nodiscard]] Interval interval() const;
};

// A figure of a sample, and how sure one can be of it: what every report holds, writes and prints.
struct Estimate {
  double value = 0;
  Interval interval;
  std::int64_t of = 0;  // how many units (inputs, seeds, images) `value` was counted on or is the mean of
};

// Wilson's interval.
[[nodiscard]] Estimate estimate(const Share& share);

// 0 for an empty sample.
double mean(std::span<const double> values);
// Linear between the two nearest values, as NumPy has it; q in [0, 1]. 0 for an empty sample.
double quantile(std::vector<double> values, double q);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

// Percentile bootstrap (Efron 1979) of the mean: one value a unit that was drawn independently, say the share of a
// seed's images, so that images of one seed are not taken for independent ones. The same `seed` gives the same
// interval.
Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, int resamples = 2000);

// Means of one value a unit that was drawn independently, with bootstrap intervals. Where all units have one value no
// draw differs, and the bootstrap's interval has no width, though a few units prove nothing. So of a share (0 to 1)
// that is 0 or 1 in every unit the interval is Wilson's, over the units; of a change of a share (-1 to 1) that is 0 in
// every unit it reaches as far to both sides; of other values nothing bounds it, and it is left without width.
Estimate mean_estimate(std::span<const double> values, std::uint64_t seed);
Estimate share_estimate(std::span<const double> values, std::uint64_t seed);
Estimate change_estimate(std::span<const double> values, std::uint64_t seed);

// The median, with the percentile bootstrap's interval of it. The same `seed` gives the same interval.
Estimate median_estimate(std::span<const double> values, std::uint64_t seed);

// Area under the ROC curve: the chance that a positive's score exceeds a negative's, ties counting half (Mann-Whitney).
// 0.5 where either is empty.
double auc(std::span<const double> positives, std::span<const double> negatives);

// Spearman's rank correlation, ties by mean rank, in [-1, 1]; 0 where one side is constant. Both have one length.
double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace dflare
