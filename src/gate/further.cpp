// How large a sample would have to be for a verdict.
#include "gate/further.h"

#include <cmath>

namespace dflare {
namespace {

constexpr double kMost = 1e9;

}  // namespace

std::optional<std::int64_t> further_units(std::int64_t units, double limit, bool at_least,
                                          const std::function<Interval(double units)>& interval_at) {
  const auto tells = [&](double n) {
    return verdict_on(interval_at(n), limit, at_least) != GateVerdict::kInconclusive;
  };
  if (units <= 0) return std::nullopt;
  double too_few = static_cast<double>(units);
  double enough = 2 * too_few;
  while (!tells(enough)) {
    too_few = enough;
    enough *= 2;
    if (enough > kMost) return std::nullopt;
  }
  while (enough - too_few > std::max(1.0, enough / 1000)) {
    const double middle = std::floor((too_few + enough) / 2);
    (tells(middle) ? enough : too_few) = middle;
  }
  return static_cast<std::int64_t>(enough) - units;
}

std::optional<std::int64_t> further_by_root(const Estimate& measured, double limit, bool at_least) {
  return further_units(measured.of, limit, at_least, [&](double n) {
    const double shrink = std::sqrt(static_cast<double>(measured.of) / n);
    return Interval{measured.value - shrink * (measured.value - measured.interval.low),
                    measured.value + shrink * (measured.interval.high - measured.value)};
  });
}

}  // namespace dflare
