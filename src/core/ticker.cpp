// Pauses that the end of the ticker cuts short.
#include "core/ticker.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace dflare {

Ticker::Ticker(std::chrono::duration<double> pause, std::function<bool()> tick)
    : thread_([pause, tick = std::move(tick)](const std::stop_token& stop) {
        std::mutex lock;
        std::condition_variable_any wake;
        std::unique_lock held(lock);
        do {
          wake.wait_for(held, stop, pause, [] { return false; });
        } while (!stop.stop_requested() && tick());
      }) {}

}  // namespace dflare
