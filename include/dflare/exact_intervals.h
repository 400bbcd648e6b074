// 95 % intervals that hold for samples of any size: what a gate may lean on. Each end is beyond the truth with a
// probability of at most 2.5 %, however rare what is counted is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dflare/statistics.h"

namespace dflare {

// Clopper and Pearson's interval of a share (Biometrika 1934). Of nothing: 0 to 1. Parts need not be whole numbers, for
// what a larger sample would show.
Interval exact_share(double part, double whole);

// Of a difference of two shares of the same units: `plus` of them count 1, `minus` count -1, the others 0. By
// Clopper-Pearson intervals, at 97.5 %, of how many change and of how many of these go up, which hold together. 0 is
// outside just where McNemar's exact test says so. Of nothing: -1 to 1.
Interval exact_change(double plus, double minus, double whole);

// Of the mean of values in [0, 1], one a unit that was drawn independently: by betting against it (Waudby-Smith and
// Ramdas, JRSS B 2024), in an order that `seed` shuffles. Of nothing: 0 to 1.
Interval bounded_mean(std::span<const double> values, std::uint64_t seed);

// Of the mean of values that nothing bounds: the wider of the bootstrap's and Student's. No such interval can hold for
// every distribution; below kFewestUnbounded values it says too little.
inline constexpr std::int64_t kFewestUnbounded = 20;
Interval unbounded_mean(std::span<const double> values, std::uint64_t seed);

}  // namespace dflare
