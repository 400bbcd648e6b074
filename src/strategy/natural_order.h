// In which order a chain probes the kinds of natural corruptions.
#pragma once

#include <cstddef>
#include <vector>

#include "dflare/corruptions.h"
#include "dflare/rng.h"

namespace dflare {

// Fills `order` with every kind of corruptions(shape.form) once, by index. Kinds are drawn one by one, those that often
// lead away from a label more often first, so that few probes are in vain and findings are still of many kinds. Does
// not allocate once `order` has grown.
void order_by_reach(const Shape& shape, Rng& rng, std::vector<std::size_t>& order);

}  // namespace dflare
