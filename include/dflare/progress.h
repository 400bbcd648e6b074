// How far a long piece of work is, for whoever waits for it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace dflare {

struct Progress {
  std::string step;                // "boundary shift", ...
  std::int64_t done = 0, of = 0;   // of this step; of 0: it cannot be counted
  double seconds_left = -1;        // of this step, as it went so far; negative: not known yet
  double limit_seconds_left = -1;  // of the time limit; negative: there is none
};

// Told before each piece of work, from the thread that called the library. May be empty.
using Tell = std::function<void(const Progress&)>;

}  // namespace dflare
