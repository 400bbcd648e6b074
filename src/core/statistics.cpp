// Figures of samples, with how sure one can be of them.
#include "dflare/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr double kZ = 1.959963984540054;  // two-sided 95 % of the normal distribution
constexpr int kResamples = 2000;

// Ranks from 1, equal values sharing the mean of theirs.
std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) out[order[i]] = static_cast<double>(first + 1 + end) / 2;
    first = end;
  }
  return out;
}

bool all_equal(std::span<const double> values, double to) {
  return std::all_of(values.begin(), values.end(), [to](double v) { return v == to; });
}

// The percentile interval of a figure of samples, drawn from `values` with replacement.
template <typename Figure>
Interval bootstrap(std::span<const double> values, std::uint64_t seed, int resamples, const Figure& figure) {
  if (values.empty()) return {};
  Rng rng(seed, values.size());
  std::vector<double> sample(values.size());
  std::vector<double> figures(static_cast<std::size_t>(resamples));
  for (double& f : figures) {
    for (double& v : sample) v = values[rng.below(static_cast<std::uint32_t>(values.size()))];
    f = figure(sample);
  }
  return {quantile(figures, 0.025), quantile(figures, 0.975)};
}

}  // namespace

Interval Share::interval() const {
  if (whole == 0) return {0, 1};
  const auto n = static_cast<double>(whole);
  const double p = value();
  const double centre = p + kZ * kZ / (2 * n);
  const double reach = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  // None and all are in their intervals, whatever the rounding.
  return {part == 0 ? 0.0 : std::max(0.0, (centre - reach) / scale),
          part == whole ? 1.0 : std::min(1.0, (centre + reach) / scale)};
}

Estimate estimate(const Share& share) { return {share.value(), share.interval(), share.whole}; }

double mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, int resamples) {
  return bootstrap(values, seed, resamples, mean);
}

Estimate mean_estimate(std::span<const double> values, std::uint64_t seed) {
  return {mean(values), bootstrap_mean(values, seed), std::ssize(values)};
}

Estimate share_estimate(std::span<const double> values, std::uint64_t seed) {
  const std::int64_t units = std::ssize(values);
  if (all_equal(values, 0)) return estimate(Share{0, units});
  if (all_equal(values, 1)) return estimate(Share{units, units});
  return mean_estimate(values, seed);
}

Estimate change_estimate(std::span<const double> values, std::uint64_t seed) {
  if (!all_equal(values, 0)) return mean_estimate(values, seed);
  const double reach = Share{0, std::ssize(values)}.interval().high;
  return {0, {-reach, reach}, std::ssize(values)};
}

Estimate median_estimate(std::span<const double> values, std::uint64_t seed) {
  return {median({values.begin(), values.end()}), bootstrap(values, seed, kResamples, median), std::ssize(values)};
}

double auc(std::span<const double> positives, std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return 0.5;
  std::vector<double> all(positives.begin(), positives.end());
  all.insert(all.end(), negatives.begin(), negatives.end());
  const std::vector<double> rank = ranks(all);
  const auto n = static_cast<double>(positives.size());
  const double sum = std::accumulate(rank.begin(), rank.begin() + static_cast<std::ptrdiff_t>(positives.size()), 0.0);
  return (sum - n * (n + 1) / 2) / (n * static_cast<double>(negatives.size()));
}

double spearman(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> x = ranks(a);
  const std::vector<double> y = ranks(b);
  const double mx = mean(x);
  const double my = mean(y);
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
  }
  return xx == 0 || yy == 0 ? 0 : xy / std::sqrt(xx * yy);
}

}  // namespace dflare
