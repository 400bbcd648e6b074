// Minimises a smooth function: L-BFGS of libLBFGS.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <vector>

namespace dflare {

// Returns the value at `x` and writes the gradient.
using Objective = std::function<double(std::span<const double> x, std::span<double> gradient)>;

// From `x` downhill, until the gradient vanishes, so many steps were made or `stop` (may be null) is set. Deterministic
// but for the last.
std::vector<double> minimise(const Objective& objective, std::vector<double> x, int steps,
                             const std::atomic<bool>* stop);

}  // namespace dflare
