// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "cli/progress.h"
#include "cli/watch.h"
#include "dflare/options.h"
#include "dflare/run_summary.h"
#include "dflare/search.h"
#include "dflare/search_as_asked.h"
#include "dflare/store.h"

namespace dflare::cli {

// From start-up to its end.
class Session {
 public:
  // Models hang on `seeds` first. All of it must outlive the session.
  Session(LiveProgress& live, const std::filesystem::path& run, const SeedSet& seeds, const Options& options);

  // Start-up is over.
  void begin(Search& search);
  void end();

 private:
  const std::filesystem::path run_;
  InterruptGuard interrupt_;
  Watchdog watchdog_;
  std::unique_ptr<ProgressDisplay> display_;
};

// The session as hooks of the library's, which make `session` once start-up begins.
SearchHooks hooks_for(std::optional<Session>& session, LiveProgress& live);

// Says that Ctrl-C ended start-up. Returns the exit code.
int interrupted_at_start_up(bool quiet);

// Prints a summary (JSON, or the closing table) and, to standard error, what to do next.
void print_result(const FindingStore& store, const RunSummary& summary, SearchEnd end, bool json, bool quiet);

}  // namespace dflare::cli
