// Whole pieces of work as options ask for them: models opened, inputs read, all that a report tells.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dflare/guard_report.h"
#include "dflare/inspection.h"
#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/preprocess.h"
#include "dflare/progress.h"
#include "dflare/rank_report.h"
#include "dflare/repair_report.h"
#include "dflare/report_files.h"
#include "dflare/run.h"
#include "dflare/search.h"
#include "dflare/seeds.h"

namespace dflare {

// What whoever waits for a ranking hears of it. Each may be empty.
struct RankHooks {
  std::function<void(const SeedSet&)> inputs_read;
  std::function<void(const std::vector<std::string>&)> notes;  // RankReport::notes, before anything is measured
  Tell tell;
};

// `options.models` ranked beside `options.original` by `options.seeds`. All models are opened and found to fit, or none
// is asked. All of it counts against the time limit; looking for what is wrong with the models may take a fifth of
// that, and is given up after it, which is a note too. Throws what open_pair, check_levels, load_seeds and
// rank_variants throw, and kBadArgument for options that mean nothing.
RankReport rank_as_asked(const Options& options, LiveProgress& live, const RankHooks& hooks = {},
                         const Opener& open = open_model);

// The same for an inspection.
struct InspectHooks {
  std::function<void(const SeedSet&)> inputs_read;
  std::function<void(const Preprocess&)> trying;  // before each step of an audit
};

// `options.models`, the first the original: by what their files say and, where `options.seeds` are given, by what they
// say of those; with an audit where that is asked for. An audit opens the models again, by open_model. Throws what
// open_model, load_seeds, inspect_models and audit_preprocessing throw; kBadInput for models that cannot be asked the
// same inputs; kBadArgument for an audit without inputs.
Inspection inspect_as_asked(const Options& options, const InspectHooks& hooks = {}, const Opener& open = open_model);

// The same for what is learnt from a run. `opened`: models and inputs are found to be still the same; `seconds` until
// the time limit, negative: none.
struct LearnHooks {
  std::function<void(const PastRun&, double seconds)> opened;
  std::function<void(const SeedSet&)> held_out_read;  // where inputs to measure on are given
  Tell tell;
};

struct WrittenGuard {
  GuardReport report;
  ReportOrigin origin;
  std::filesystem::path folder;
  SearchEnd end = SearchEnd::kComplete;  // others: the guard stands on what was asked by then
};

// A guard learnt from the run that the options name and from what is held out, written into its folder: --out, or
// `guard` inside the run's. Nothing where live.stop left too little to learn from; kBadArgument where the time limit
// did. Throws what open_past_run, claim_guard_folder, gather_guard_samples, learn_guard and write_guard throw.
std::optional<WrittenGuard> guard_as_asked(const Givens& now, LiveProgress& live, const LearnHooks& hooks = {},
                                           const Opener& open = open_model);

struct WrittenRepair {
  RepairReport report;
  ReportOrigin origin;
  std::filesystem::path folder;
  SearchEnd end = SearchEnd::kComplete;
};

// A repair, in the same way, into --out or `repair-METHOD`. A doubtful head is exported only by --force. Throws what
// open_past_run, claim_repair_folder, gather_repair_data, work_out_repair and write_repair throw.
std::optional<WrittenRepair> repair_as_asked(const Givens& now, LiveProgress& live, const LearnHooks& hooks = {},
                                             const Opener& open = open_model);

}  // namespace dflare
