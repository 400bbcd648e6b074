// How much work to do before the next look at what is known.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace dflare {

// Pieces of work that take about `seconds` each, whatever a unit takes: the first is small, each is at most four times
// the one before.
class Pacer {
 public:
  explicit Pacer(std::size_t first, double seconds = 1) : next_(std::max<std::size_t>(1, first)), seconds_(seconds) {}

  // Units to do next.
  [[nodiscard]] std::size_t next() const { return next_; }
  // So many units, at least one, took so long.
  void took(std::size_t units, double seconds) {
    const double fit = seconds > 0 ? seconds_ / seconds * static_cast<double>(units) : 1e9;
    next_ = static_cast<std::size_t>(std::clamp(fit, 1.0, 4.0 * static_cast<double>(next_)));
  }

 private:
  std::size_t next_;
  double seconds_;
};

// Seconds since it was made.
class Elapsed {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace dflare
