// Shows on standard error how many images models were asked.
#include "cli/ask_display.h"

#include <fmt/format.h>

#include "cli/terminal.h"

namespace dflare::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr const char* kErase = "\r\x1b[2K";

}  // namespace

AskDisplay::AskDisplay(bool quiet) : drawn_(!quiet && is_terminal(stderr)) {
  if (drawn_) {
    ticker_ = Ticker(kRedrawEvery, [this] {
      redraw();
      return true;
    });
  } else if (!quiet) {
    fmt::print(stderr, "asking both models natural images ...\n");
  }
}

AskDisplay::~AskDisplay() {
  ticker_ = {};
  if (!drawn_) return;
  fmt::print(stderr, "{}", kErase);
  std::fflush(stderr);
}

void AskDisplay::redraw() {
  const std::int64_t answers = asked_;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  fmt::print(stderr, "{}asking both models natural images: {} answers, {}/s", kErase, grouped(answers),
             grouped(static_cast<std::int64_t>(static_cast<double>(answers) / seconds)));
  std::fflush(stderr);
}

}  // namespace dflare::cli
