// What a person hears while something is learnt from a run.
#pragma once

#include <optional>

#include "cli/watch.h"
#include "cli/work_display.h"
#include "dflare/as_asked.h"

namespace dflare::cli {

// Says on standard error what has changed about the runtimes and, unless the options say --quiet, what looked wrong
// with the models and how inputs that were held out were read; shows how far the work is, and ends the program where a
// model hangs.
class LearningAloud {
 public:
  explicit LearningAloud(LiveProgress& live) : live_(live) {}
  LearningAloud(const LearningAloud&) = delete;
  LearningAloud& operator=(const LearningAloud&) = delete;

  // Valid as long as this.
  [[nodiscard]] LearnHooks hooks();

 private:
  LiveProgress& live_;
  bool quiet_ = false;
  std::optional<Watchdog> watchdog_;
  std::optional<WorkDisplay> display_;
};

}  // namespace dflare::cli
