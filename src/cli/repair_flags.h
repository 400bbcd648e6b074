// The options of `dflare repair`.
#pragma once

#include <vector>

#include "cli/options.h"

namespace dflare::cli {

std::vector<Flag> repair_flags();

}  // namespace dflare::cli
