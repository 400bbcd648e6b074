// Threads, their failures kept for the caller.
#include "search/workers.h"

#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dflare {

void run_workers(std::size_t n, const WorkerBody& body) {
  std::exception_ptr failure;
  std::mutex failure_lock;
  std::atomic<bool> failed{false};
  const auto work = [&](int number) {
    try {
      body(number, failed);
    } catch (...) {
      const std::lock_guard lock(failure_lock);
      if (!failure) failure = std::current_exception();
      failed = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t w = 1; w < n; ++w) threads.emplace_back(work, static_cast<int>(w));
    } catch (const std::system_error&) {  // no more threads to be had: those that there are do the work
    }
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dflare
