// A time limit.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace dflare {

// Sets `stop` when the time is up; 0: never.
class Deadline {
 public:
  Deadline(double seconds, std::atomic<bool>& stop) {
    if (seconds > 0) thread_ = std::jthread([this, seconds, &stop] { wait(seconds, stop); });
  }
  ~Deadline() {
    {
      const std::lock_guard lock(lock_);
      over_ = true;
    }
    wake_.notify_all();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool passed() const { return passed_; }

 private:
  void wait(double seconds, std::atomic<bool>& stop) {
    std::unique_lock lock(lock_);
    if (wake_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return over_; })) return;
    if (!stop.exchange(true)) passed_ = true;
  }

  std::mutex lock_;
  std::condition_variable wake_;
  bool over_ = false;
  std::atomic<bool> passed_{false};
  std::jthread thread_;  // last: it uses the others
};

}  // namespace dflare
