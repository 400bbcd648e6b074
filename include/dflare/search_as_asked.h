// A whole search as options ask for it, begun or gone on with: models opened, inputs read, a run folder left.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/run.h"
#include "dflare/run_session.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

// What whoever waits for a search does meanwhile. Each may be empty.
struct SearchHooks {
  std::function<void(const SeedSet&)> inputs_read;  // of a new run
  // The run's folder is there, and both models are asked their inputs next; `options` as the run goes by them. Store
  // and inputs stay until the end.
  std::function<void(FindingStore&, const SeedSet&, const Options& options)> start_up;
  // What looks wrong with the models of a new run, or has changed since a run began. Not of a start-up that was ended.
  std::function<void(const std::vector<std::string>&)> notes;
  std::function<void(Search&)> begun;  // chains start now
  // Whatever ended what start_up began; the folder is closed next. Does not throw.
  std::function<void()> ended;
  OwnCode own;  // where the options name code of the caller's own
};

// Where the inputs of a search come from; load_seeds, or what stands in for it.
using Loader = std::function<SeedSet(const Options&, const ModelInfo& original)>;
SeedSet load_as_asked(const Options& options, const ModelInfo& original);

struct SearchedRun {
  std::unique_ptr<FindingStore> store;
  RunSession session;
};

// A new run, in options.out or a free folder. Nothing where live.stop was set before its first chain: then no run is
// left. Throws what open_pair, check_levels, `load`, NewRun, Search and run_session throw.
std::optional<SearchedRun> search_as_asked(const Options& options, LiveProgress& live, const SearchHooks& hooks = {},
                                           const Opener& open = open_model, const Loader& load = load_as_asked);

// How a run was gone on with.
struct Resumed {
  RunSession session;
  bool was_complete = false;  // nothing was left to do
};

// What the run in `store` has not finished, under the options given now. Nothing where live.stop was set before its
// first chain. Throws what read_run, reopen, Search and run_session throw.
std::optional<Resumed> resume_as_asked(FindingStore& store, const Givens& now, LiveProgress& live,
                                       const SearchHooks& hooks = {}, const Opener& open = open_model);

}  // namespace dflare
