// Whether the time of a run is over.
#pragma once

#include <chrono>
#include <optional>

#include "search/clock.h"

namespace dflare {

class RunClock {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  // limit_seconds: from now on; 0: none.
  RunClock(double limit_seconds, Deadline deadline) : limit_(limit_seconds), deadline_(deadline) {}

  [[nodiscard]] bool over() const {
    return (limit_ > 0 && watch_.seconds() > limit_) || (deadline_ && std::chrono::steady_clock::now() > *deadline_);
  }

 private:
  double limit_;
  Deadline deadline_;
  Stopwatch watch_;
};

}  // namespace dflare
