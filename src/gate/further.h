// How large a sample would have to be for a verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "dflare/gate.h"

namespace dflare {

// The least number of units beyond `units` at which the interval of such a sample gives a verdict; nothing where no
// number up to a thousand million does. `interval_at`: of a sample of so many units that shows what this one does.
std::optional<std::int64_t> further_units(std::int64_t units, double limit, bool at_least,
                                          const std::function<Interval(double units)>& interval_at);

// The same where the interval shrinks with the square root of the number.
std::optional<std::int64_t> further_by_root(const Estimate& measured, double limit, bool at_least);

}  // namespace dflare
