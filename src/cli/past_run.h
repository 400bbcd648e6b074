// A run opened again for what is done after a search, with what the user is told of it.
#pragma once

#include <string>

#include "cli/work_display.h"
#include "dflare/as_asked.h"
#include "dflare/run.h"

namespace dflare::cli {

// open_past_run(). Says on standard error what has changed about the runtimes, and, unless the options say --quiet,
// what looked wrong with the models.
PastRun open_aloud(const std::string& folder, const Givens& givens);

// Shows how far the work is, and says how inputs that were held out were read. Valid as long as run and display.
LearnHooks hooks_for(const PastRun& run, WorkDisplay& display);

}  // namespace dflare::cli
