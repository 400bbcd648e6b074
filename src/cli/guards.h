// What watches over a run from outside the engine: the user's Ctrl-C, and models that hang.
#pragma once

#include <string>

#include "core/ticker.h"
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
// runtime cannot be interrupted. What was found is in the store already.
class Watchdog {
 public:
  Watchdog(const LiveProgress& live, double timeout_seconds, std::string run_folder);  // empty: nothing is kept
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  [[nodiscard]] bool is_hung() const;
  [[noreturn]] void end_program() const;

  const LiveProgress& live_;
  const double timeout_seconds_;
  const std::string run_folder_;
  Ticker ticker_;  // last: it uses the others
};

}  // namespace dflare::cli
