// What a person hears while something is learnt from a run.
#include "cli/past_run.h"

#include "cli/inputs.h"

namespace dflare::cli {

LearnHooks LearningAloud::hooks() {
  LearnHooks hooks;
  hooks.opened = [this](const PastRun& run, double seconds) {
    quiet_ = run.options.quiet;
    print_changes(run.reopened.notes);
    if (!quiet_) print_notes(run.recorded.notes);
    watchdog_.emplace(live_, run.options.query_timeout, "");
    display_.emplace(quiet_, seconds);
  };
  hooks.held_out_read = [this](const SeedSet& seeds) {
    if (!quiet_) print_notes(notes_on(seeds));
  };
  hooks.tell = [this](const Progress& progress) {
    if (display_) display_->show(progress);
  };
  return hooks;
}

}  // namespace dflare::cli
