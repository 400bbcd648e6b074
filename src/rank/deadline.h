// A time limit.
#pragma once

#include <atomic>
#include <chrono>

#include "core/ticker.h"

namespace dflare {

// Sets `stop` when the time is up; 0: never.
class Deadline {
 public:
  Deadline(double seconds, std::atomic<bool>& stop) {
    if (seconds <= 0) return;
    ticker_ = Ticker(std::chrono::duration<double>(seconds), [this, &stop] {
      if (!stop.exchange(true)) passed_ = true;
      return false;
    });
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool passed() const { return passed_; }

 private:
  std::atomic<bool> passed_{false};
  Ticker ticker_;  // last: it uses the other
};

}  // namespace dflare
