// What the options say of how the models are fed, and the doubts that there are about it.
#pragma once

#include <string>
#include <vector>

#include "dflare/doubts.h"
#include "dflare/options.h"
#include "dflare/search.h"
#include "dflare/settings.h"

namespace dflare::cli {

// What the options say of a model.
Declared declared_of(const Options& options, Side side);

// What looks wrong with the models of a search that has asked its inputs.
std::vector<Doubt> doubts_of(const Options& options, const Pair& pair, const SeedSet& seeds, const Search& search);

// To standard error, as notes.
void print_notes(const std::vector<std::string>& notes);

}  // namespace dflare::cli
