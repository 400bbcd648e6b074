// What watches over a run from outside the engine: the user's Ctrl-C, and models that hang.
#include "cli/watch.h"

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
  const double pause = std::clamp(timeout_seconds / 4, 0.01, 1.0);
  ticker_ = Ticker(std::chrono::duration<double>(pause),
                   [this, detector = HangDetector(live, timeout_seconds, pause)]() mutable {
                     const auto now = std::chrono::steady_clock::now().time_since_epoch();
                     const auto slot = detector.look(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
                     if (slot) end_program(*slot);
                     return true;
                   });
}

void Watchdog::watch(const SeedSet* seeds, Search* search) {
  const std::lock_guard held(lock_);
  seeds_ = seeds;
  search_ = search;
}

std::string Watchdog::input_in_words(int slot, const QueryUnderWay::Copy& asked) {
  const std::lock_guard held(lock_);
  if (seeds_ == nullptr) return {};
  const auto name = [this](SeedIndex seed) { return seeds_->seeds[static_cast<std::size_t>(seed.value)].source; };
  if (search_ != nullptr) {
    const auto failed = search_->note_hung(slot, timeout_seconds_);
    if (!failed) return {};
    return fmt::format(" on an input made from {} (kept as failed/{:06}.png)", name(failed->seed), failed->seed.value);
  }
  if (asked.seeds.size() != asked.inputs.size()) return {};
  const auto row = find_hung_input(live_.queries_under_way[slot], asked.inputs, timeout_seconds_);
  return row ? " on " + name(asked.seeds[*row]) : std::string();
}

void Watchdog::end_program(int slot) {
  const auto asked = live_.queries_under_way[slot].look();
  const std::string model = asked ? asked->model : "a model";
  const std::string input = asked ? input_in_words(slot, *asked) : std::string();
  const bool had_begun = live_.seeds_total > 0 && !run_folder_.empty();
  const std::string kept =
      had_begun ? fmt::format("what was found is kept in {0}; `dflare resume {0}` goes on, ", run_folder_) : "";
  say(stderr, "\nerror: {} has not answered for {:g} seconds{}\nhint: {}--query-timeout SECONDS waits longer\n", model,
      timeout_seconds_, input, kept);
  flush(stderr);
  _exit(3);
}

}  // namespace dflare::cli
