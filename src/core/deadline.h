// A time limit.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

#include "core/pacer.h"
#include "core/ticker.h"

namespace dflare {

// Sets `stop` when the time is up; 0: never.
class Deadline {
 public:
  Deadline(double seconds, std::atomic<bool>& stop) : limit_(seconds) {
    if (seconds <= 0) return;
    ticker_ = Ticker(std::chrono::duration<double>(seconds), [this, &stop] {
      if (!stop.exchange(true)) passed_ = true;
      return false;
    });
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool passed() const { return passed_; }
  // Whether there is a limit and this share of it is over.
  [[nodiscard]] bool used(double share) const { return limit_ > 0 && elapsed_.seconds() >= share * limit_; }
  // Seconds to go; negative: there is no limit.
  [[nodiscard]] double left() const { return limit_ > 0 ? std::max(0.0, limit_ - elapsed_.seconds()) : -1; }

 private:
  double limit_;
  Elapsed elapsed_;
  std::atomic<bool> passed_{false};
  Ticker ticker_;  // last: it uses the other
};

}  // namespace dflare
