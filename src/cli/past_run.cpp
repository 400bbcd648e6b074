// A run opened again for what is done after a search, with what the user is told of it.
#include "cli/past_run.h"

#include "cli/inputs.h"
#include "cli/quiet.h"

namespace dflare::cli {

PastRun open_aloud(const Givens& givens) {
  PastRun run = open_past_run(givens, open_quietly);
  print_changes(run.reopened.notes);
  if (!run.options.quiet) print_notes(run.recorded.notes);
  return run;
}

std::optional<SeedSet> held_out_aloud(const PastRun& run, const std::string& labels) {
  std::optional<SeedSet> seeds = held_out_of(run, labels);
  if (seeds) print_notes(run.options, *seeds);
  return seeds;
}

AskOptions watched(AskOptions ask, LiveProgress& live) {
  ask.stop = &live.stop;
  ask.query_started = live.query_started;
  return ask;
}

}  // namespace dflare::cli
