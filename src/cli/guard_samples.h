// What a guard is learnt from and measured on: two sets of inputs that share none.
#pragma once

#include <string>
#include <vector>

#include "cli/past_run.h"
#include "dflare/guard.h"
#include "dflare/natural.h"

namespace dflare::cli {

struct GuardSamples {
  GuardSample learn, held_out;
  std::size_t learn_inputs = 0, held_out_inputs = 0;
  int corrupted_per_input = 0;
  Answers findings;           // the compressed model's, to the findings that may be learnt from
  std::string held_out_from;  // in words
};

// Asks both models. Where `ask.stop` is set meanwhile it returns soon, and what it returns is not to be used.
// Throws kBadInput where too few inputs are left to hold any out.
GuardSamples gather(const PastRun& run, const AskOptions& ask);

}  // namespace dflare::cli
