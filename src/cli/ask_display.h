// Shows on standard error how many images models were asked.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

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
  void loop();

  std::atomic<std::int64_t> asked_{0};
  bool ended_ = false;
  std::mutex lock_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace dflare::cli
