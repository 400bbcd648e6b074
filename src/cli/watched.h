// Work on models that a person waits for: seen, and ended early by Ctrl-C.
#pragma once

#include "cli/watch.h"
#include "cli/work_display.h"
#include "dflare/options.h"
#include "dflare/search.h"

namespace dflare::cli {

// What `work` makes of a LiveProgress and a WorkDisplay, which go before it returns. The first Ctrl-C asks the work to
// stop; a query that takes longer than the options allow ends the program.
template <class Work>
auto watched(const Options& options, const Work& work) {
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Watchdog watchdog(live, options.query_timeout, "");
  WorkDisplay display(options.quiet, 0);
  return work(live, display);
}

}  // namespace dflare::cli
