// A speed by two clocks.
#pragma once

#include <cstdint>
#include <ctime>

namespace dflare::bench {

// Wall time is what users wait for; the process's own time is the steadier measure where others use the machine too.
struct Rate {
  double per_second = 0;      // by the wall clock
  double per_cpu_second = 0;  // by the time that all threads of this process had a core
};

inline double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline Rate rate_of(std::int64_t count, double wall_seconds, double cpu_seconds) {
  return {static_cast<double>(count) / wall_seconds, static_cast<double>(count) / cpu_seconds};
}

}  // namespace dflare::bench
