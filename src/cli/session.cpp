// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#include "cli/session.h"

#include "cli/crash.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/report_text.h"
#include "dflare/run_session.h"
#include "dflare/run_words.h"

namespace dflare::cli {

Session::Session(LiveProgress& live, const std::filesystem::path& run, const SeedSet& seeds, const Options& options)
    : run_(run),
      interrupt_(live),
      watchdog_(live, options.query_timeout, run.string()),
      display_(std::make_unique<ProgressDisplay>(live, options.quiet)) {
  crashes_leave(run_);
  watchdog_.watch(&seeds, nullptr);
}

void Session::begin(Search& search) {
  display_->begin();
  watchdog_.watch(search.context().seeds, &search);
}

void Session::end() {
  watchdog_.watch(nullptr, nullptr);
  display_.reset();
}

SearchHooks hooks_for(std::optional<Session>& session, LiveProgress& live) {
  SearchHooks hooks;
  hooks.start_up = [&](FindingStore& store, const SeedSet& seeds, const Options& options) {
    session.emplace(live, store.folder(), seeds, options);
  };
  hooks.begun = [&](Search& search) { session->begin(search); };
  hooks.ended = [&] { session->end(); };
  return hooks;
}

int interrupted_at_start_up(bool quiet) {
  if (!quiet) say(stderr, "interrupted before the search began\n");
  return kInterrupted;
}

void print_result(const FindingStore& store, const RunSummary& summary, SearchEnd end, bool json, bool quiet) {
  if (json) {
    put(stdout, to_json(summary));
  } else if (!quiet) {
    put(stdout, text_of(run_report(store, summary), style_of(stdout)));
    flush(stdout);
  }
  const std::string next = what_next(summary, end, store.folder().string());
  if (!quiet && !next.empty()) say(stderr, "{}\n", next);
}

}  // namespace dflare::cli
