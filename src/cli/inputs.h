// The user's inputs, and what is said of those that cannot be used.
#pragma once

#include "cli/options.h"
#include "dflare/seeds.h"

namespace dflare::cli {

// The inputs of `options`, at the models' size. Says on standard error which are left out. Throws what load_seeds
// throws, and kNoUsableSeed where none can be read.
SeedSet load_inputs(const Options& options, const Shape& shape);

}  // namespace dflare::cli
