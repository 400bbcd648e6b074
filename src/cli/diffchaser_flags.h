// The options of `--strategy diffchaser`.
#pragma once

#include <vector>

#include "cli/options.h"

namespace dflare::cli {

std::vector<Flag> diffchaser_flags();

}  // namespace dflare::cli
