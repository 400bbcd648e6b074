// Shows on standard error how a run goes on.
#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "cli/work_display.h"

namespace dflare::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr std::chrono::milliseconds kPrintEvery{5000};

}  // namespace

ProgressDisplay::ProgressDisplay(const LiveProgress& live, bool quiet)
    : live_(live), terminal_(is_terminal(stderr)), began_(std::chrono::steady_clock::now()) {
  if (quiet) return;
  const std::chrono::duration<double> pause = terminal_ ? kRedrawEvery : kPrintEvery;
  ticker_ = Ticker(pause, [this] {
    show();
    return true;
  });
}

ProgressDisplay::~ProgressDisplay() {
  ticker_ = {};
  erase();
}

void ProgressDisplay::begin() {
  const std::lock_guard lock(lock_);
  running_ = true;
  done_before_ = live_.seeds_done;
  began_ = std::chrono::steady_clock::now();
}

void ProgressDisplay::show() {
  const std::lock_guard lock(lock_);
  if (terminal_) {
    redraw();
  } else {
    print_line();
  }
}

void ProgressDisplay::redraw() {
  erase();
  const std::size_t width = terminal_width() - 1;
  if (!running_) {
    say(stderr, "{}\n", start_up().substr(0, width));
    lines_drawn_ = 1;
  } else {
    say(stderr, "{}\n{}\n", bar(width), (counts() + "  " + rates()).substr(0, width));
    lines_drawn_ = 2;
  }
  flush(stderr);
}

void ProgressDisplay::print_line() {
  if (running_) {
    say(stderr, "{}  {}\n", counts(), rates());
  } else {
    say(stderr, "{}\n", start_up());
  }
}

// "asking both models all inputs: 120 of 300, 0:12 left"
std::string ProgressDisplay::start_up() const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  const std::int64_t done = live_.inputs_asked;
  const std::int64_t all = live_.inputs_to_ask;
  const double left = done > 0 ? seconds / static_cast<double>(done) * static_cast<double>(all - done) : -1;
  return progress_text({.step = "asking both models all inputs", .done = done, .of = all, .seconds_left = left});
}

// "[#########.......] 57 %"
std::string ProgressDisplay::bar(std::size_t width) const {
  const double total = std::max(1.0, static_cast<double>(live_.seeds_total));
  const double share = std::clamp(static_cast<double>(live_.seeds_done) / total, 0.0, 1.0);
  const std::size_t cells = std::min<std::size_t>(60, width > 12 ? width - 10 : 2);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(cells));
  return fmt::format("[{}{}] {:.0f} %", std::string(filled, '#'), std::string(cells - filled, '.'), 100 * share);
}

std::string ProgressDisplay::counts() const {
  const std::int64_t natural = live_.natural;
  const std::int64_t searched = std::max<std::int64_t>(0, live_.seeds_done - natural);
  const std::int64_t found = live_.found;
  std::string text =
      fmt::format("{}/{} seeds  {} found", grouped(live_.seeds_done), grouped(live_.seeds_total), grouped(found));
  if (searched > 0) text += fmt::format(" ({} %)", std::min<std::int64_t>(100, 100 * found / searched));
  if (natural > 0) text += fmt::format("  {} natural", grouped(natural));
  return text;
}

std::string ProgressDisplay::rates() const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  const auto done = static_cast<double>(live_.seeds_done - done_before_);
  const auto left = static_cast<double>(live_.seeds_total - live_.seeds_done);
  const auto queries = static_cast<double>(live_.queries);
  std::string text = fmt::format("{} queries/s", grouped(static_cast<std::int64_t>(queries / std::max(seconds, 1e-3))));
  if (done > 0) text += fmt::format("  {} left", clock_time(seconds / done * left));
  return text;
}

void ProgressDisplay::erase() {
  if (lines_drawn_ == 0) return;
  erase_lines(stderr, lines_drawn_);
  flush(stderr);
  lines_drawn_ = 0;
}

}  // namespace dflare::cli
