// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#pragma once

#include <memory>
#include <vector>

#include "cli/guards.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "dflare/search.h"
#include "dflare/store.h"

namespace dflare::cli {

class Session {
 public:
  // `store` must outlive the session.
  Session(FindingStore& store, const Options& options);

  // Counters for the engine, from start-up on.
  [[nodiscard]] LiveProgress& live() { return live_; }
  // Runs the chains that are not done, writes summary.json whatever happens, prints the result. Returns the exit code.
  int conduct(Search& search);
  // For a start-up that Ctrl-C ended: says so. Returns the exit code.
  int interrupted_at_start_up();

 private:
  void recall_counts(const std::vector<SeedDone>& done);
  SearchResult run_engine(Search& search, const std::vector<SeedDone>& done);
  // Leaves the folder as a reader wants it; the summary in it is also what is printed.
  nlohmann::ordered_json finish();

  FindingStore& store_;
  const bool json_, quiet_;
  double wall_before_ = 0;           // of earlier sessions
  double wall_ = 0;                  // of this one
  std::int64_t queries_before_ = 0;  // of chains that earlier sessions ended
  LiveProgress live_;
  InterruptGuard interrupt_;
  Watchdog watchdog_;
  std::unique_ptr<ProgressDisplay> display_;
};

// Prints a summary that exists already: JSON, or the closing table. Used for a run that has nothing left to do.
void print_result(const FindingStore& store, const nlohmann::ordered_json& summary, bool json, bool quiet);
// The summary.json in a run's folder; null when there is none or it cannot be read.
nlohmann::ordered_json read_summary(const std::filesystem::path& run);

}  // namespace dflare::cli
