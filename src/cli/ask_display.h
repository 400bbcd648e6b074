// Shows on standard error how many images models were asked.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/ticker.h"

namespace dflare::cli {

// On a terminal a line that redraws itself and goes at the end; in a pipe one plain line; silent when quiet.
class AskDisplay {
 public:
  explicit AskDisplay(bool quiet);
  ~AskDisplay();
  AskDisplay(const AskDisplay&) = delete;
  AskDisplay& operator=(const AskDisplay&) = delete;

  // What AskOptions::asked is set to.
  [[nodiscard]] std::atomic<std::int64_t>& asked() { return asked_; }

 private:
  void redraw();

  std::atomic<std::int64_t> asked_{0};
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const bool drawn_;
  Ticker ticker_;  // last: it uses the others
};

}  // namespace dflare::cli
