// Shows on standard error how many images models were asked.
#include "cli/ask_display.h"

#include <fmt/format.h>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

}  // namespace

AskDisplay::AskDisplay(bool quiet) : drawn_(!quiet && is_terminal(stderr)) {
  if (drawn_) {
    ticker_ = Ticker(kRedrawEvery, [this] {
      redraw();
      return true;
    });
  } else if (!quiet) {
    say(stderr, "asking both models natural images ...\n");
  }
}

AskDisplay::~AskDisplay() {
  ticker_ = {};
  if (!drawn_) return;
  erase_line(stderr);
  flush(stderr);
}

void AskDisplay::redraw() {
  const std::int64_t answers = asked_;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  erase_line(stderr);
  say(stderr, "asking both models natural images: {} answers, {}/s", grouped(answers),
      grouped(static_cast<std::int64_t>(static_cast<double>(answers) / seconds)));
  flush(stderr);
}

}  // namespace dflare::cli
