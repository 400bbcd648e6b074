// A thread that does something now and then.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace dflare {

class Ticker {
 public:
  // Does nothing.
  Ticker() = default;
  // Calls `tick` after every pause from a thread of its own, until it returns false. `tick` must not throw. What it
  // uses outlives the ticker, whose end waits for a tick in progress, but for no pause.
  Ticker(std::chrono::duration<double> pause, std::function<bool()> tick);

 private:
  std::jthread thread_;
};

}  // namespace dflare
