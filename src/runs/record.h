// What a run records when it begins.
#pragma once

#include <string>
#include <vector>

#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

// All that resume needs, and all that a reader of the run may ask. `notes`: what looks wrong with the models.
RunRecord make_record(const Options& options, const OpenPair& pair, const SeedSet& seeds, const Search& search,
                      const std::vector<std::string>& notes);

}  // namespace dflare
