// The order of calls of a search, and of going on with one.
#include "dflare/search_as_asked.h"

#include <utility>

#include "dflare/settings.h"
#include "runs/record.h"
#include "runs/session_parts.h"

namespace dflare {
namespace {

// Between start-up and the end, which is told once, whatever it is.
class Watched {
 public:
  Watched(const SearchHooks& hooks, FindingStore& store, const SeedSet& seeds, const Options& options) : hooks_(hooks) {
    if (hooks.start_up) hooks.start_up(store, seeds, options);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { end(); }

  [[nodiscard]] SessionHooks of_session(Search& search) {
    SessionHooks session;
    if (hooks_.begun) session.begun = [this, &search] { hooks_.begun(search); };
    session.ended = [this] { end(); };
    return session;
  }

 private:
  void end() {
    if (!std::exchange(ended_, true) && hooks_.ended) hooks_.ended();
  }

  const SearchHooks& hooks_;
  bool ended_ = false;
};

// What is kept of a run while its models are asked for the first time.
struct Asking {
  const Options& options;
  LiveProgress& live;
  const SearchHooks& hooks;
  const OpenPair& pair;
  const SeedSet& seeds;
};

// Start-up and the first session, in a store that is there; `begin` records what start-up found out. Nothing where
// live.stop was set before the first chain.
template <class Begin>
std::optional<RunSession> begin_in(FindingStore& store, const Asking& a, const SearchSettings& settings, Begin begin) {
  store.intend(settings_json(a.options));
  Watched watched(a.hooks, store, a.seeds, a.options);
  Search search(a.pair.borrowed(), a.seeds, settings, &a.live);
  if (a.live.stop) return std::nullopt;
  const std::vector<std::string> notes = in_words(doubts_of(a.options, a.pair, a.seeds, search));
  if (a.hooks.notes) a.hooks.notes(notes);
  begin(search, notes);
  return run_session(store, search, &a.live, watched.of_session(search));
}

// A run whose start-up did not end: a runtime crashed, or somebody killed it.
std::optional<Resumed> begin_after_all(FindingStore& store, const std::string& intent, const Givens& now,
                                       LiveProgress& live, const SearchHooks& hooks, const Opener& open) {
  RecordedRun run;
  run.folder = store.folder();
  run.options = options_from(intent, run.folder);
  const Options options = options_now(run, now);
  refuse_commands(run, options);
  const SearchSettings settings = settings_asked(options, hooks);
  const OpenPair pair = open_pair(options, open);
  check_levels(pair, options);
  const SeedSet seeds = load_as_asked(options, pair.original->info());
  if (hooks.inputs_read) hooks.inputs_read(seeds);
  const auto record = [&](const Search& search, const std::vector<std::string>& notes) {
    store.record(make_record(options, pair, seeds, search, notes));
  };
  auto session = begin_in(store, {options, live, hooks, pair, seeds}, settings, record);
  if (!session) return std::nullopt;
  return Resumed{.session = std::move(*session)};
}

}  // namespace

SearchSettings settings_asked(const Options& options, const SearchHooks& hooks) {
  SearchSettings settings = search_settings(options);
  settings.strategy.own = hooks.own;
  return settings;
}

SeedSet load_as_asked(const Options& options, const ModelInfo& original) {
  return load_seeds(options.seeds, seed_options(options, original));
}

std::optional<SearchedRun> search_as_asked(const Options& options, LiveProgress& live, const SearchHooks& hooks,
                                           const Opener& open, const Loader& load) {
  const SearchSettings settings = settings_asked(options, hooks);
  const OpenPair pair = open_pair(options, open);
  check_levels(pair, options);
  const SeedSet seeds = load(options, pair.original->info());
  if (hooks.inputs_read) hooks.inputs_read(seeds);
  NewRun run(options.out.empty() ? free_run_folder() : std::filesystem::path(options.out));
  const auto begin = [&](const Search& search, const std::vector<std::string>& notes) {
    run.begin(options, pair, seeds, search, notes);
  };
  auto session = begin_in(run.store(), {options, live, hooks, pair, seeds}, settings, begin);
  if (!session) return std::nullopt;
  return SearchedRun{.store = run.take_store(), .session = std::move(*session)};
}

std::optional<Resumed> resume_as_asked(FindingStore& store, const Givens& now, LiveProgress& live,
                                       const SearchHooks& hooks, const Opener& open) {
  if (const auto intent = store.intended()) return begin_after_all(store, *intent, now, live, hooks, open);
  const RecordedRun run = read_run(store);
  const Options options = options_now(run, now);
  if (is_complete(run, store)) {
    check_models(run);
    return Resumed{.session = {.search = {}, .summary = close_run(store)}, .was_complete = true};
  }
  const ReopenedRun reopened = reopen(run, options, open);
  if (hooks.notes) hooks.notes(reopened.notes);
  SearchSettings settings = settings_to_go_on(run, options);
  settings.strategy.own = hooks.own;
  Watched watched(hooks, store, reopened.seeds, options);
  Search search(reopened.pair.borrowed(), reopened.seeds, settings, &live);
  if (live.stop) return std::nullopt;
  return Resumed{.session = run_session(store, search, &live, watched.of_session(search))};
}

}  // namespace dflare
