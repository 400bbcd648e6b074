// A run opened again, with its models and inputs, for what is done after a search.
#include "cli/past_run.h"

#include "cli/inputs.h"
#include "cli/quiet.h"
#include "dflare/settings.h"

namespace dflare::cli {

ReportedModel PastRun::compressed() const {
  return {.run = store->folder(),
          .models = recorded.models,
          .file = options.compressed,
          .info = &reopened.pair.compressed->info(),
          .reading = recorded.compressed};
}

Options options_of(const RecordedRun& run, const Givens& givens) {
  Options options = run.options;
  for (const Given& given : givens) assign(options, given);
  return options;
}

PastRun open_past_run(const Givens& givens) {
  PastRun run;
  run.store = FindingStore::open(resolve(givens).run, /*writable=*/false);
  run.recorded = read_run(*run.store);
  run.recorded.options.out.clear();  // where the run went, not what is made of it
  run.options = options_of(run.recorded, givens);
  run.reopened = reopen(run.recorded, run.options, open_quietly);
  print_changes(run.reopened.notes);
  if (!run.options.quiet) print_notes(run.recorded.notes);
  return run;
}

std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels) {
  if (run.options.held_out.empty()) return std::nullopt;
  SeedOptions options = seed_options(run.options, run.reopened.pair.original->info());
  options.labels = labels;
  SeedSet set = load_seeds(run.options.held_out, options);
  print_notes(run.options, set);
  return set;
}

AskOptions ask_options(const PastRun& run, LiveProgress& live) {
  AskOptions ask{.workers = to_int(run.options.workers, "workers"),
                 .batch = to_int(run.options.batch, "batch"),
                 .stop = &live.stop,
                 .query_started = live.query_started};
  if (ask.batch == 0) ask.batch = run.recorded.batch;
  check_ask_options(ask);
  return ask;
}

}  // namespace dflare::cli
