// Known findings asked again, as part of a report.
#pragma once

#include "dflare/corpus.h"
#include "dflare/gate_as_asked.h"
#include "dflare/gate_report.h"
#include "dflare/open_pair.h"
#include "dflare/options.h"

namespace dflare {

// Adds the replay, what the limit on it says, and a note where the original is not what it was, of which the hooks
// hear.
void replay_into(GateReport& report, const KnownFindings& known, const OpenPair& pair, const Options& options,
                 const GateLimits& limits, LiveProgress& live, const FieldHooks& hooks, const Tell& tell);

}  // namespace dflare
