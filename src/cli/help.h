// Help texts, from the tables of verbs and options.
#pragma once

#include <string>

#include "cli/verbs.h"

namespace dflare::cli {

// "dflare search ORIGINAL COMPRESSED SEEDS [OPTIONS]"
std::string usage(const Verb& verb);
// -h: a line an option. --help: paragraphs with defaults and advice.
std::string short_help(const Verb& verb);
std::string long_help(const Verb& verb);
// `dflare --help`: the verbs and the exit codes.
std::string overview();

}  // namespace dflare::cli
