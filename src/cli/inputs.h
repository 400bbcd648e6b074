// The user's inputs, and what is said of how they were read.
#pragma once

#include "dflare/model.h"
#include "dflare/options.h"
#include "dflare/seeds.h"

namespace dflare::cli {

// The inputs of `options`, at the size of the original. Says on standard error how they were read. Throws what
// load_seeds throws.
SeedSet load_inputs(const Options& options, const ModelInfo& original);

// What is to be said of how inputs were read, on standard error.
void print_notes(const Options& options, const SeedSet& seeds);

}  // namespace dflare::cli
