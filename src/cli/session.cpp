// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#include "cli/session.h"

#include <fmt/format.h>

#include <chrono>

#include "cli/crash.h"
#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/report_text.h"
#include "dflare/run_session.h"
#include "dflare/run_words.h"

namespace dflare::cli {
Session::Session(FindingStore& store, const Options& options)
    : store_(store),
      json_(options.json),
      quiet_(options.quiet),
      before_(recorded_timing(store.folder())),
      interrupt_(live_),
      watchdog_(live_, options.query_timeout, store.folder().string()),
      display_(std::make_unique<ProgressDisplay>(live_, options.quiet)) {}

int Session::conduct(Search& search) {
  const std::vector<SeedDone> done = store_.done();
  crashes_leave(store_.folder());
  queries_before_ = queries_of(done);
  recall_counts(store_, done, live_);
  SearchResult result;
  try {
    result = run_engine(search, done);
  } catch (const Error& e) {
    display_.reset();
    if (e.code() == ErrorCode::kModelFailed) {
      finish();
      throw Error(e.code(), e.what(),
                  fmt::format("{}{}what was found is kept in {}; `dflare resume` goes on", e.hint(),
                              e.hint().empty() ? "" : "; ", store_.folder().string()));
    }
    throw;
  }
  print_result(store_, finish(), result.end, json_, quiet_);
  return result.end == SearchEnd::kStopped ? 130 : 0;
}

int Session::interrupted_at_start_up() {
  display_.reset();
  if (!quiet_) say(stderr, "interrupted before the search began\n");
  return 130;
}

SearchResult Session::run_engine(Search& search, const std::vector<SeedDone>& done) {
  std::vector<SeedIndex> ended;
  for (const SeedDone& chain : done) ended.push_back(chain.seed);
  live_.seeds_total = static_cast<std::int64_t>(search.plan().size());
  display_->begin();
  const auto started = std::chrono::steady_clock::now();
  const auto note_time = [&] {
    wall_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  watchdog_.watch(search.context().seeds, &search);
  try {
    SearchResult result = search.run(ended, store_);
    watchdog_.watch(nullptr, nullptr);
    note_time();
    display_.reset();
    return result;
  } catch (...) {
    watchdog_.watch(nullptr, nullptr);
    note_time();
    throw;
  }
}

RunSummary Session::finish() { return close_session(store_, before_, queries_before_, wall_); }

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
