// A run opened again for what is done after a search, with what the user is told of it.
#include "cli/past_run.h"

#include "cli/inputs.h"
#include "cli/quiet.h"

namespace dflare::cli {

PastRun open_aloud(const std::string& folder, const Givens& givens) {
  PastRun run = open_past_run(folder, givens, open_quietly);
  print_changes(run.reopened.notes);
  if (!run.options.quiet) print_notes(run.recorded.notes);
  return run;
}

LearnHooks hooks_for(const PastRun& run, WorkDisplay& display) {
  return {.held_out_read = [&run](const SeedSet& seeds) { print_notes(run.options, seeds); }, .tell = display.tell()};
}

}  // namespace dflare::cli
