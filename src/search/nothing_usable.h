// Why no input of a search can be searched.
#pragma once

#include <span>

#include "dflare/error.h"
#include "dflare/pair_figures.h"
#include "dflare/seed_status.h"

namespace dflare {

// kNoUsableSeed with the reasons, how many inputs each holds for, and what helps: against what is wrong with the pair,
// or else against the commonest reason.
Error nothing_usable(std::span<const SeedStatus> status, const PairFigures& figures);

}  // namespace dflare
