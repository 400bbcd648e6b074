// Before the first chain: which inputs are usable, what the pair is like, how large a batch pays.
#pragma once

#include "dflare/search.h"

namespace dflare {

struct StartUp {
  RunContext context;
  PairFacts facts;
  std::vector<SeedIndex> plan;  // usable and natural seeds of this shard, rising
};

// Throws as Search::Search does.
StartUp start_up(const Pair& pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress* live);

}  // namespace dflare
