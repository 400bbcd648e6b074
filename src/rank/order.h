// From a figure a seed to an order that says what cannot be told apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dflare/rank.h"

namespace dflare {

// values[v][i]: variant v's figure for the i-th seed, the same seeds for all; smaller is more alike. An empty list
// leaves its variant out of the order.
// `rank` gets 1 for the first; a variant shares the rank of the first of the group before it where the interval of
// their difference, paired by seed, holds 0; else its rank is its position.
// Returns the variants by rising mean.
std::vector<std::size_t> order_variants(const std::vector<std::vector<double>>& values, std::uint64_t seed,
                                        std::vector<int>& rank);

}  // namespace dflare
