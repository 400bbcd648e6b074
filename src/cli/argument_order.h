// Models where inputs are expected, and the reverse: `search ORIGINAL COMPRESSED SEEDS`, but `rank ORIGINAL SEEDS
// VARIANT...`.
#pragma once

#include "dflare/options.h"

namespace dflare::cli {

// Each throws kBadArgument with the order that was meant.
void refuse_swapped_search(const Options& options);
void refuse_swapped_rank(const Options& options);

}  // namespace dflare::cli
