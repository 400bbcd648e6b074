// What watches over a run from outside the engine: the user's Ctrl-C, and models that hang.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

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
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void loop();
  [[nodiscard]] bool is_hung() const;

  const LiveProgress& live_;
  const double timeout_seconds_;
  const std::string run_folder_;
  bool ended_ = false;
  std::mutex lock_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace dflare::cli
