// A run opened again, with its models and inputs, for what is done after a search.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/pair.h"
#include "cli/verbs.h"
#include "dflare/natural.h"
#include "dflare/search.h"
#include "dflare/searched.h"
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

// What the library learns from. Borrows from the run.
Searched searched_of(const PastRun& run);

// The inputs of --held-out, with true labels from the file `labels` (empty: none); nothing where it was not given.
std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels);

// As the run was asked, unless options of now say otherwise; `live` is stopped by Ctrl-C and watched.
AskOptions ask_options(const PastRun& run, LiveProgress& live);

}  // namespace dflare::cli
