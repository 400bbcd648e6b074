// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#pragma once

#include <memory>

#include "cli/progress.h"
#include "cli/watch.h"
#include "dflare/options.h"
#include "dflare/run_summary.h"
#include "dflare/search.h"
#include "dflare/store.h"

namespace dflare::cli {

class Session {
 public:
  // `store` must outlive the session.
  Session(FindingStore& store, const Options& options);

  // Counters for the engine, from start-up on.
  [[nodiscard]] LiveProgress& live() { return live_; }
  // The inputs that start-up asks, so that a model that hangs on one is told with its name.
  void begin_start_up(const SeedSet& seeds) { watchdog_.watch(&seeds, nullptr); }
  // run_session(); prints the result. Returns the exit code.
  int conduct(Search& search);
  // For a start-up that Ctrl-C ended: says so. Returns the exit code.
  int interrupted_at_start_up();

 private:
  FindingStore& store_;
  const bool json_, quiet_;
  LiveProgress live_;
  InterruptGuard interrupt_;
  Watchdog watchdog_;
  std::unique_ptr<ProgressDisplay> display_;
};

// Prints a summary (JSON, or the closing table) and, to standard error, what to do next.
void print_result(const FindingStore& store, const RunSummary& summary, SearchEnd end, bool json, bool quiet);

}  // namespace dflare::cli
