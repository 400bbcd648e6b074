// The user's inputs, and notes on how they were read and how the models are fed.
#pragma once

#include <string>
#include <vector>

#include "dflare/model.h"
#include "dflare/options.h"
#include "dflare/seeds.h"

namespace dflare::cli {

// The inputs of `options`, at the size of the original. Says on standard error how they were read. Throws what
// load_seeds throws.
SeedSet load_inputs(const Options& options, const ModelInfo& original);

// What is to be said of how inputs were read, on standard error.
void print_notes(const Options& options, const SeedSet& seeds);

// To standard error, as notes.
void print_notes(const std::vector<std::string>& notes);

// What has changed since a run began: said even where --quiet is.
void print_changes(const std::vector<std::string>& sentences);

}  // namespace dflare::cli
