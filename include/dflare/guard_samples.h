// What a guard is learnt from and measured on: two sets of inputs that share none.
#pragma once

#include <cstdint>
#include <string>

#include "dflare/guard.h"
#include "dflare/natural.h"
#include "dflare/progress.h"
#include "dflare/searched.h"

namespace dflare {

struct GuardSampling {
  int corrupted_per_input = 0;  // images; 0: as many as it takes to meet enough deviations in either set
  std::uint64_t rng_seed = 0;   // of the corruptions
};

struct GuardSamples {
  GuardSample learn, held_out;
  std::size_t learn_inputs = 0, held_out_inputs = 0;
  int corrupted_per_input = 0;  // begun with
  Answers findings;             // the compressed model's, to the findings that may be learnt from
  std::string held_out_from;    // in words
  bool complete = true;         // false: options.stop cut it short, and there are the images that were asked by then
};

// Asks both models. `given`: inputs to measure on, less those that the search has; null: some of the search's own are
// kept apart. Throws kBadInput where too few inputs are left to hold any out, kBadArgument for settings out of range.
GuardSamples gather_guard_samples(const Searched& searched, const SeedSet* given, const GuardSampling& settings,
                                  const AskOptions& options, const Tell& tell);

}  // namespace dflare
