// 95 % intervals that hold for samples of any size.
#include "dflare/exact_intervals.h"

#include <unsupported/Eigen/SpecialFunctions>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr int kHalvings = 45;
constexpr double kTail = 0.025;
constexpr double kBoldness = 0.75;  // of what a bettor owns, that it stakes at most

// Where `is_low` stops to hold between 0 and 1; it holds below.
template <class IsLow>
double border(IsLow is_low) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (is_low(middle) ? low : high) = middle;
  }
  return (low + high) / 2;
}

// Chance that a share of p shows `part` or more of `whole`.
double at_least(double part, double whole, double p) { return Eigen::numext::betainc(part, whole - part + 1, p); }

double share_low(double part, double whole, double tail) {
  if (part <= 0) return 0;
  return border([&](double p) { return at_least(part, whole, p) < tail; });
}

double share_high(double part, double whole, double tail) {
  if (part >= whole) return 1;
  return border([&](double p) { return 1 - at_least(part + 1, whole, p) > tail; });
}

std::vector<double> shuffled(std::span<const double> values, std::uint64_t seed) {
  std::vector<double> list(values.begin(), values.end());
  Rng rng(seed, list.size());
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[rng.below(static_cast<std::uint32_t>(i))]);
  return list;
}

// What to stake on each value, from those before it alone.
std::vector<double> stakes(const std::vector<double>& values) {
  const double worth = 2 * std::log(1 / kTail) / static_cast<double>(values.size());
  std::vector<double> list;
  double sum = 0.5;
  double squares = 0.25;
  double seen = 1;
  for (const double value : values) {
    list.push_back(std::sqrt(worth * seen / squares));
    sum += value;
    seen += 1;
    const double off = value - sum / seen;
    squares += off * off;
  }
  return list;
}

// Whether someone who bets that the mean is above `mean` grows so rich that it cannot be `mean` or less.
bool is_beaten(const std::vector<double>& values, const std::vector<double>& stake, double mean) {
  const double most = kBoldness / std::max(mean, 1e-12);
  double wealth = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    wealth += std::log1p(std::min(stake[i], most) * (values[i] - mean));
    if (wealth > std::log(1 / kTail)) return true;
  }
  return false;
}

double lower_mean(const std::vector<double>& values) {
  const std::vector<double> stake = stakes(values);
  if (!is_beaten(values, stake, 0)) return 0;
  return border([&](double mean) { return is_beaten(values, stake, mean); });
}

// 97.5 % of Student's distribution, for many degrees of freedom (Cornish and Fisher).
double student(double freedom) {
  constexpr double kZ = 1.959963984540054;
  return kZ + (kZ * kZ * kZ + kZ) / (4 * freedom) +
         (5 * std::pow(kZ, 5) + 16 * kZ * kZ * kZ + 3 * kZ) / (96 * freedom * freedom);
}

}  // namespace

Interval exact_share(double part, double whole) {
  if (whole <= 0) return {0, 1};
  return {share_low(part, whole, kTail), share_high(part, whole, kTail)};
}

Interval exact_change(double plus, double minus, double whole) {
  if (whole <= 0) return {-1, 1};
  constexpr double kHalf = kTail / 2;
  const double changed = plus + minus;
  const Interval how_many{share_low(changed, whole, kHalf), share_high(changed, whole, kHalf)};
  // From -1, all of them down, to 1, all of them up.
  const double least = changed > 0 ? 2 * share_low(plus, changed, kHalf) - 1 : -1;
  const double most = changed > 0 ? 2 * share_high(plus, changed, kHalf) - 1 : 1;
  return {least * (least > 0 ? how_many.low : how_many.high), most * (most > 0 ? how_many.high : how_many.low)};
}

Interval bounded_mean(std::span<const double> values, std::uint64_t seed) {
  if (values.empty()) return {0, 1};
  std::vector<double> list = shuffled(values, seed);
  const double low = lower_mean(list);
  for (double& value : list) value = 1 - value;
  return {low, 1 - lower_mean(list)};
}

Interval unbounded_mean(std::span<const double> values, std::uint64_t seed) {
  const auto n = static_cast<double>(values.size());
  Interval interval = bootstrap_mean(values, seed);
  if (n < 2) return interval;
  const double middle = mean(values);
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [middle](double sum, double value) {
    return sum + (value - middle) * (value - middle);
  });
  const double reach = student(n - 1) * std::sqrt(squares / (n - 1) / n);
  return {std::min(interval.low, middle - reach), std::max(interval.high, middle + reach)};
}

}  // namespace dflare
