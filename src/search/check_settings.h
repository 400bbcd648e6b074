// Settings that make no sense, or none for these two models, are refused before anything is asked.
#pragma once

#include "dflare/search.h"

namespace dflare {

// check_settings(), and that the two models take images of one shape. Throws kBadArgument.
void check_fits(const Pair& pair, const SearchSettings& settings);

// Inputs that the strategy may propose at a time.
std::int64_t proposals_of(const SearchSettings& settings);

}  // namespace dflare
