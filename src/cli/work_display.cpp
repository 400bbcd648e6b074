// Shows on standard error how far a piece of work is.
#include "cli/work_display.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

constexpr double kRedrawEvery = 0.1, kPrintEvery = 5;  // seconds

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

}  // namespace

std::string progress_text(const Progress& progress, double since) {
  std::string text = progress.step;
  if (progress.of > 0) text += fmt::format(": {} of {}", grouped(progress.done), grouped(progress.of));
  if (progress.seconds_left >= 0) {
    text += fmt::format(", {} left", clock_time(std::max(0.0, progress.seconds_left - since)));
  }
  if (progress.limit_seconds_left >= 0) {
    text += fmt::format("; the time limit in {}", clock_time(std::max(0.0, progress.limit_seconds_left - since)));
  }
  return text;
}

WorkDisplay::WorkDisplay(bool quiet, double limit_seconds)
    : quiet_(quiet), terminal_(is_terminal(stderr)), limit_seconds_(limit_seconds) {
  if (quiet_) return;
  ticker_ = Ticker(std::chrono::duration<double>(terminal_ ? kRedrawEvery : kPrintEvery), [this] {
    const std::lock_guard lock(lock_);
    if (any_) draw();
    return true;
  });
}

WorkDisplay::~WorkDisplay() {
  ticker_ = {};
  if (!drawn_ || !terminal_) return;
  erase_line(stderr);
  flush(stderr);
}

void WorkDisplay::show(const Progress& progress) {
  if (quiet_) return;
  const std::lock_guard lock(lock_);
  progress_ = progress;
  told_ = std::chrono::steady_clock::now();
  if (limit_seconds_ > 0) progress_.limit_seconds_left = std::max(0.0, limit_seconds_ - seconds_since(began_));
  any_ = true;
  if (!drawn_) draw();
}

void WorkDisplay::draw() {
  const std::string text = progress_text(progress_, seconds_since(told_));
  if (terminal_) {
    erase_line(stderr);
    say(stderr, "{}", text.substr(0, terminal_width() - 1));
  } else {
    say(stderr, "{}\n", text);
  }
  flush(stderr);
  drawn_ = true;
}

}  // namespace dflare::cli
