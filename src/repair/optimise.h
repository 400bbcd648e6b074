// Minimises a smooth function: L-BFGS of libLBFGS.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace dflare {

// Returns the value at `x` and writes the gradient.
using Objective = std::function<double(std::span<const double> x, std::span<double> gradient)>;

// From `x` downhill, until the gradient vanishes or so many steps were made. Deterministic.
std::vector<double> minimise(const Objective& objective, std::vector<double> x, int steps);

}  // namespace dflare
