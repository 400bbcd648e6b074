// What watches over a run from outside the engine: the user's Ctrl-C, and models that hang.
#pragma once

#include <mutex>
#include <string>

#include "core/ticker.h"
#include "dflare/hang.h"
#include "dflare/search.h"

namespace dflare::cli {

// While it lives, the first SIGINT or SIGTERM asks the engine to stop; the second ends the program.
class InterruptGuard {
 public:
  explicit InterruptGuard(LiveProgress& live);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

// Ends the program with exit code 3 when a query runs for longer than `timeout_seconds` (0: never): a call into a
// runtime cannot be interrupted. What was found is in the store already. Names the model, and the input where its seeds
// are known.
class Watchdog {
 public:
  Watchdog(const LiveProgress& live, double timeout_seconds, std::string run_folder);  // empty: nothing is kept
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Whose inputs are asked from now on; both outlive the watchdog or are taken back by null.
  void watch(const SeedSet* seeds, Search* search);

 private:
  [[noreturn]] void end_program(int slot);
  // " on seeds/7.png (kept as failed/000007.png)"; empty where it cannot be told.
  [[nodiscard]] std::string input_in_words(int slot, const QueryUnderWay::Copy& asked);

  const LiveProgress& live_;
  const double timeout_seconds_;
  const std::string run_folder_;
  std::mutex lock_;
  const SeedSet* seeds_ = nullptr;
  Search* search_ = nullptr;
  Ticker ticker_;  // last: it uses the others
};

}  // namespace dflare::cli
