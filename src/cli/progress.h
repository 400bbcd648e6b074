// Shows on standard error how a run goes on.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "core/ticker.h"
#include "dflare/search.h"

namespace dflare::cli {

// On a terminal two lines that redraw themselves; in a pipe a plain line every few seconds; silent when quiet.
// Shows from its construction to its end.
class ProgressDisplay {
 public:
  // `live` must outlive the display. Seeds done before this session do not count for the time left.
  ProgressDisplay(const LiveProgress& live, bool quiet);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  // Start-up is over: rates count from here.
  void begin();

 private:
  void show();
  void redraw();
  void print_line();
  [[nodiscard]] std::string start_up() const;
  [[nodiscard]] std::string counts() const;
  [[nodiscard]] std::string rates() const;
  [[nodiscard]] std::string bar(std::size_t width) const;
  void erase();

  const LiveProgress& live_;
  const bool terminal_;
  int lines_drawn_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::int64_t done_before_ = 0;
  bool running_ = false;  // the engine is past start-up
  std::mutex lock_;
  Ticker ticker_;  // last: it uses the others
};

}  // namespace dflare::cli
