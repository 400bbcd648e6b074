// A run opened again for what is done after a search, with what the user is told of it.
#pragma once

#include <optional>
#include <string>

#include "dflare/run.h"

namespace dflare::cli {

// open_past_run(). Says on standard error what has changed about the runtimes, and, unless the options say --quiet,
// what looked wrong with the models.
PastRun open_aloud(const Givens& givens);

// held_out_of(). Says how they were read.
std::optional<SeedSet> held_out_aloud(const PastRun& run, const std::string& labels);

// ask_options(), stopped by Ctrl-C and watched through `live`.
AskOptions watched(AskOptions ask, LiveProgress& live);

}  // namespace dflare::cli
