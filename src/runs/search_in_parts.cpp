// A search of which many machines have a share.
#include "dflare/search_in_parts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/pacer.h"
#include "runs/record.h"
#include "runs/session_parts.h"

namespace dflare {

struct SearchInParts::State {
  Options options;
  OpenPair pair;
  SeedSet seeds;
  std::optional<Search> search;
  std::vector<std::string> notes;
  LiveProgress* live = nullptr;
};

SearchInParts::SearchInParts(const Options& options, LiveProgress& live, const SearchHooks& hooks, const Opener& open,
                             const Loader& load)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.options = options;
  s.live = &live;
  const SearchSettings settings = settings_asked(options, hooks);
  s.pair = open_pair(options, open);
  check_levels(s.pair, options);
  s.seeds = load(options, s.pair.original->info());
  if (hooks.inputs_read) hooks.inputs_read(s.seeds);
  s.search.emplace(s.pair.borrowed(), s.seeds, settings, &live);
  if (stopped()) return;
  s.notes = in_words(doubts_of(options, s.pair, s.seeds, *s.search));
  if (hooks.notes) hooks.notes(s.notes);
}

SearchInParts::~SearchInParts() = default;

bool SearchInParts::stopped() const { return state_->live->stop; }

const std::vector<SeedIndex>& SearchInParts::plan() const { return state_->search->plan(); }

RunSession SearchInParts::run(const std::filesystem::path& folder, std::vector<SeedIndex> seeds) {
  State& s = *state_;
  std::ranges::sort(seeds);
  std::vector<SeedIndex> others;
  std::ranges::set_difference(plan(), seeds, std::back_inserter(others));
  std::unique_ptr<FindingStore> store;
  {
    NewRun run(folder);
    run.begin(s.options, s.pair, s.seeds, *s.search, s.notes);
    store = run.take_store();
  }
  const Elapsed elapsed;
  SearchResult result;
  try {
    result = s.search->run(others, *store);
  } catch (...) {
    close_session(*store, {}, 0, elapsed.seconds());
    throw;
  }
  return {result, close_session(*store, {}, 0, elapsed.seconds())};
}

}  // namespace dflare
