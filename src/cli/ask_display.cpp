// Shows on standard error how many images models were asked.
#include "cli/ask_display.h"

#include <fmt/format.h>

#include <chrono>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr const char* kErase = "\r\x1b[2K";

}  // namespace

AskDisplay::AskDisplay(bool quiet) {
  if (quiet) return;
  if (is_terminal(stderr)) {
    thread_ = std::thread([this] { loop(); });
  } else {
    fmt::print(stderr, "asking both models natural images ...\n");
  }
}

AskDisplay::~AskDisplay() {
  {
    const std::lock_guard lock(lock_);
    ended_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AskDisplay::loop() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  std::unique_lock lock(lock_);
  while (!wake_.wait_for(lock, kRedrawEvery, [this] { return ended_; })) {
    const std::int64_t answers = asked_;
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    fmt::print(stderr, "{}asking both models natural images: {} answers, {}/s", kErase, grouped(answers),
               grouped(static_cast<std::int64_t>(static_cast<double>(answers) / seconds)));
    std::fflush(stderr);
  }
  fmt::print(stderr, "{}", kErase);
  std::fflush(stderr);
}

}  // namespace dflare::cli
