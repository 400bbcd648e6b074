// What profile, check, replay and rank say alike.
#pragma once

#include "cli/work_display.h"
#include "dflare/gate_as_asked.h"

namespace dflare::cli {

// Says how inputs were read and what looks wrong, and shows how far the work is. Valid as long as both.
FieldHooks hooks_for(const Options& options, WorkDisplay& display);

// That it ended early, and why.
void say_how_it_ended(SearchEnd end, bool quiet);

}  // namespace dflare::cli
