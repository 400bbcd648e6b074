// A run opened again, with its models and inputs, for what is done after a search.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/verbs.h"
#include "dflare/natural.h"
#include "dflare/report_files.h"
#include "dflare/run.h"

namespace dflare::cli {

struct PastRun {
  std::unique_ptr<FindingStore> store;  // for reading
  RecordedRun recorded;
  Options options;  // the run's own, under those given now
  ReopenedRun reopened;

  [[nodiscard]] Searched searched() const { return searched_of(recorded, *store, reopened); }  // borrows from this
  [[nodiscard]] ReportedModel compressed() const;
};

// The run's options under those given now.
Options options_of(const RecordedRun& run, const Givens& givens);

// Says on standard error what has changed about the runtimes, and, unless the options say --quiet, what looked wrong
// with the models. Throws kBadInput for a folder that is no run, and for models or inputs that are gone or have
// changed.
PastRun open_past_run(const Givens& givens);

// The inputs of --held-out, with true labels from the file `labels` (empty: none); nothing where it was not given.
std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels);

// As the run was asked, unless options of now say otherwise; `live` is stopped by Ctrl-C and watched.
AskOptions ask_options(const PastRun& run, LiveProgress& live);

}  // namespace dflare::cli
