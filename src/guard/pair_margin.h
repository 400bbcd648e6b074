// Learning how far two models drift apart, pair of classes by pair of classes.
#pragma once

#include <cstdint>
#include <vector>

#include "dflare/guard.h"

namespace dflare {

// Sets score, classes, shift and scale from the rows of the sample whose mark is set (all: no marks).
// With d the original's log p_a - log p_c less the compressed model's, over images with the compressed label a and a
// small margin to c: shift is the mean of d, scale 1 over its deviation, both shrunk towards what holds for all pairs;
// scales are multiplied by the common deviation, so that scores stay in the margin's units.
Guard learn_pair_margin(const GuardSample& sample, const std::vector<std::uint8_t>& marks);

}  // namespace dflare
