// A search that is shared out as it goes: whoever holds it is told which inputs are next, and leaves a run of each
// share.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/run_session.h"
#include "dflare/search.h"
#include "dflare/search_as_asked.h"

namespace dflare {

// Both models opened and asked all inputs, once for many shares. On every machine that is asked the same it plans the
// same; merge_runs() and JoinedRun put the shares together.
class SearchInParts {
 public:
  // `options.shard` is to be empty. Of `hooks`, inputs_read, notes and own count. Throws what
  // search_as_asked does before its first chain. `live` outlives this; where live.stop is set meanwhile, stopped() says
  // so, and there is nothing to run.
  SearchInParts(const Options& options, LiveProgress& live, const SearchHooks& hooks = {},
                const Opener& open = open_model, const Loader& load = load_as_asked);
  ~SearchInParts();
  SearchInParts(const SearchInParts&) = delete;
  SearchInParts& operator=(const SearchInParts&) = delete;

  [[nodiscard]] bool stopped() const;
  // The inputs to be searched, rising.
  [[nodiscard]] const std::vector<SeedIndex>& plan() const;

  // Leaves in `folder` a run of the whole search of which these inputs alone are searched: of the plan, in any order;
  // others are passed over. Whatever ends it, what was found is kept there. One caller at a time. Throws what NewRun
  // and Search::run throw.
  RunSession run(const std::filesystem::path& folder, std::vector<SeedIndex> seeds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dflare
