// The steady clock, in the two units that the engine uses.
#pragma once

#include <chrono>
#include <cstdint>

namespace dflare {

inline std::int64_t nanoseconds_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Seconds since construction or the last lap().
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return static_cast<double>(nanoseconds_now() - start_) * 1e-9; }
  // Seconds since the last lap, and starts the next.
  double lap() {
    const std::int64_t now = nanoseconds_now();
    const double s = static_cast<double>(now - start_) * 1e-9;
    start_ = now;
    return s;
  }

 private:
  std::int64_t start_ = nanoseconds_now();
};

}  // namespace dflare
