// The same work for many things on many threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dflare {

// Calls work(i) for each i below n, on up to `threads` threads (0: as many as the machine has), the caller's among
// them. What is thrown first, by the order of i, is thrown again when all have ended; after a throw no new i begins.
inline void for_each_index(std::size_t n, int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed_at = n;
  std::exception_ptr failure;
  const auto run = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed_at) {
          failed_at = i;
          failure = std::current_exception();
        }
        next = n;
      }
    }
  };
  {
    const std::size_t wanted = threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min(wanted, n)) others.emplace_back(run);
    } catch (const std::system_error&) {
      // A machine that gives no more threads does it with those that there are.
    }
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dflare
