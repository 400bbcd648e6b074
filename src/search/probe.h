// How a pair likes to be asked: the batch that pays, and whether rows of a batch are answered as single ones are.
#pragma once

#include <span>

#include "dflare/search.h"

namespace dflare {

// Inputs that both models answer, at least one; borrowed.
using Sample = std::span<const InputView>;

// Rows a query, the smallest number whose time a row is within 4 % of the best seen.
int measure_batch(const Pair& pair, Sample sample, QueryUnderWay& slot);
// Whether both models answer inputs with the same bits in a batch of that many rows and alone: the sample's, beside
// each other and beside darker copies.
bool rows_are_exact(const Pair& pair, Sample sample, int batch, QueryUnderWay& slot);

}  // namespace dflare
