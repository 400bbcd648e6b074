// What watches over a run from outside the engine: the user's Ctrl-C, and models that hang.
#include "cli/guards.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

std::atomic<LiveProgress*> interrupted_run{nullptr};
static_assert(std::atomic<LiveProgress*>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void stop_run(int) {
  if (LiveProgress* const live = interrupted_run) live->stop = true;
}

// SA_RESETHAND gives the second signal its usual effect.
void handle_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard(LiveProgress& live) {
  interrupted_run = &live;
  handle_signals(stop_run);
}

InterruptGuard::~InterruptGuard() {
  handle_signals(SIG_DFL);
  interrupted_run = nullptr;
}

Watchdog::Watchdog(const LiveProgress& live, double timeout_seconds, std::string run_folder)
    : live_(live), timeout_seconds_(timeout_seconds), run_folder_(std::move(run_folder)) {
  if (timeout_seconds <= 0) return;
  const std::chrono::duration<double> pause(std::clamp(timeout_seconds / 4, 0.01, 1.0));
  ticker_ = Ticker(pause, [this] {
    if (is_hung()) end_program();
    return true;
  });
}

void Watchdog::end_program() const {
  const bool had_begun = live_.seeds_total > 0 && !run_folder_.empty();
  const std::string kept =
      had_begun ? fmt::format("what was found is kept in {0}; `dflare resume {0}` goes on, ", run_folder_) : "";
  say(stderr, "\nerror: a model has not answered for {:g} seconds\nhint: {}--query-timeout SECONDS waits longer\n",
      timeout_seconds_, kept);
  flush(stderr);
  _exit(3);
}

bool Watchdog::is_hung() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  return std::any_of(std::begin(live_.query_started), std::end(live_.query_started), [&](const auto& slot) {
    const std::int64_t started = slot;
    return started != 0 && static_cast<double>(now_ns - started) * 1e-9 > timeout_seconds_;
  });
}

}  // namespace dflare::cli
