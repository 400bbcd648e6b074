// --config: options from a TOML file.
#pragma once

#include <filesystem>

#include "cli/verbs.h"

namespace dflare::cli {

// Top-level keys are the names of the verb's options and arguments. Throws kBadInput for a file that cannot be read,
// kBadArgument for an unknown key, with the nearest known one.
Givens read_config(const std::filesystem::path& file, unsigned verb);

}  // namespace dflare::cli
