// Other seeds near a seed.
#pragma once

#include "dflare/rng.h"
#include "dflare/strategy.h"

namespace dflare {

// The nearest of `candidates` usable seeds, drawn at random, to which the original gives another label than `label`; no
// seed (value < 0) where none was met.
SeedIndex near_other_seed(const RunContext& context, SeedIndex seed, int label, int candidates, Rng& rng);

}  // namespace dflare
