// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#include "cli/session.h"

#include "cli/crash.h"
#include "cli/terminal.h"
#include "dflare/report_text.h"
#include "dflare/run_session.h"
#include "dflare/run_words.h"

namespace dflare::cli {
Session::Session(FindingStore& store, const Options& options)
    : store_(store),
      json_(options.json),
      quiet_(options.quiet),
      interrupt_(live_),
      watchdog_(live_, options.query_timeout, store.folder().string()),
      display_(std::make_unique<ProgressDisplay>(live_, options.quiet)) {}

int Session::conduct(Search& search) {
  crashes_leave(store_.folder());
  SessionHooks hooks;
  hooks.begun = [&] {
    display_->begin();
    watchdog_.watch(search.context().seeds, &search);
  };
  hooks.ended = [&] {
    watchdog_.watch(nullptr, nullptr);
    display_.reset();
  };
  const RunSession session = run_session(store_, search, &live_, hooks);
  print_result(store_, session.summary, session.search.end, json_, quiet_);
  return session.search.end == SearchEnd::kStopped ? 130 : 0;
}

int Session::interrupted_at_start_up() {
  display_.reset();
  if (!quiet_) say(stderr, "interrupted before the search began\n");
  return 130;
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
