// Splits rows by their inputs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dflare/ids.h"

namespace dflare {

// The fold of every row, 0 to folds - 1: the inputs shuffled and dealt out, so that the folds hold equally many (but
// one); all rows of an input are in one fold.
std::vector<int> fold_of_rows(std::span<const SeedIndex> seed, int folds, std::uint64_t rng_seed);

}  // namespace dflare
