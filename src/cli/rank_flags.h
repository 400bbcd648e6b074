// The options of `dflare rank`.
#pragma once

#include <vector>

#include "cli/options.h"

namespace dflare::cli {

// Those that no other verb has, and those that `search` has with another default.
std::vector<Flag> rank_flags();
// Whether `rank` takes this row of another verb as it stands.
bool rank_takes(const Flag& flag);

}  // namespace dflare::cli
