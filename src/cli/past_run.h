// A run opened again, with its models and inputs, for what is done after a search.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/pair.h"
#include "cli/verbs.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare::cli {

struct PastRun {
  std::unique_ptr<FindingStore> store;  // for reading
  Options options;                      // the run's own, under those given now
  nlohmann::ordered_json facts, seed_record;
  OpenPair pair;
  SeedSet seeds;
  OutputReading original, compressed;  // as the run read them
};

// Throws kBadInput for a folder that is no run, and for models or inputs that are gone or have changed since.
PastRun open_past_run(const Givens& givens);

// Inputs that can be read, and those of them from which the run searches.
std::vector<SeedIndex> readable_inputs(const SeedSet& seeds);
bool was_searched(const PastRun& run, SeedIndex input);

}  // namespace dflare::cli
