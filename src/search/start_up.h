// Before the first chain: which inputs are usable, what the pair is like, how large a batch pays.
#pragma once

#include "dflare/search.h"
#include "search/run_clock.h"

namespace dflare {

struct StartUp {
  RunContext context;
  PairFacts facts;
  std::vector<SeedIndex> plan;      // usable and natural seeds of this shard, rising
  std::vector<FailedInput> failed;  // seeds on which a model fails, rising
};

// Throws as Search::Search does.
StartUp start_up(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, const RunClock& clock,
                 LiveProgress& live);

}  // namespace dflare
