// The options of `dflare guard`.
#pragma once

#include <vector>

#include "cli/options.h"

namespace dflare::cli {

std::vector<Flag> guard_flags();

}  // namespace dflare::cli
