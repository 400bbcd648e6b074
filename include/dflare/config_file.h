// --config: options from a TOML file.
#pragma once

#include <filesystem>

#include "dflare/options.h"

namespace dflare {

// Top-level keys are the names of the verb's options and arguments. Throws kBadInput for a file that cannot be read,
// kBadArgument for an unknown key, with the nearest known one.
Givens read_config(const std::filesystem::path& file, unsigned verb);

// `givens`, before them those of the file that their --config names, so that they win.
Givens with_config(Givens givens, unsigned verb);

}  // namespace dflare
