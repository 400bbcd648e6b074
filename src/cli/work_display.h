// Shows on standard error how far a piece of work is.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "core/ticker.h"
#include "dflare/progress.h"

namespace dflare::cli {

// On a terminal a line that redraws itself and goes at the end; in a pipe a plain line at once and every five seconds;
// silent when quiet.
class WorkDisplay {
 public:
  // `limit_seconds` from now on end the work; 0: nothing does.
  WorkDisplay(bool quiet, double limit_seconds);
  ~WorkDisplay();
  WorkDisplay(const WorkDisplay&) = delete;
  WorkDisplay& operator=(const WorkDisplay&) = delete;

  // May be called from any thread.
  void show(const Progress& progress);
  // What the library tells. Valid as long as the display.
  [[nodiscard]] Tell tell() {
    return [this](const Progress& progress) { show(progress); };
  }

 private:
  void draw();

  const bool quiet_, terminal_;
  const double limit_seconds_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool drawn_ = false, any_ = false;
  Progress progress_;
  std::chrono::steady_clock::time_point told_;
  std::mutex lock_;
  Ticker ticker_;  // last: it uses the others
};

// "corrupted images: 1 200 of 5 200, 0:42 left; the time limit in 3:05". `since`: seconds since it was told.
std::string progress_text(const Progress& progress, double since = 0);

}  // namespace dflare::cli
