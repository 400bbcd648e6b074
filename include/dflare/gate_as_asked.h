// Profiles, checks and replays as options ask for them: models opened, inputs read, all that a report tells.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dflare/compare.h"
#include "dflare/corpus.h"
#include "dflare/gate_report.h"
#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/profile_report.h"
#include "dflare/progress.h"
#include "dflare/search.h"
#include "dflare/seeds.h"

namespace dflare {

// What whoever waits hears. Each may be empty.
struct FieldHooks {
  std::function<void(const SeedSet&)> inputs_read;
  std::function<void(const std::vector<std::string>&)> notes;  // before anything is measured
  Tell tell;
};

// The pair of `options` on `options.seeds`, by labels: kBadArgument where options.oracle is another than top1. All of
// it counts against the time limit, which with live.stop ends it early with what is known by then (Profile::end).
// Throws what open_pair, check_levels, load_seeds and ask_field throw.
ProfileReport profile_as_asked(const Options& options, LiveProgress& live, const FieldHooks& hooks = {},
                               const Opener& open = open_model);

// The gate: `options`' limits on the pair, by labels. First the findings of options.corpus are asked again, then the
// inputs, then searches go, as far as the limits ask for them, all within the time limit; what it left no time for is
// inconclusive. Throws what profile_as_asked, check_limits, read_corpus and judge_field throw; kBadArgument for a limit
// on findings without a corpus.
GateReport check_as_asked(const Options& options, LiveProgress& live, const FieldHooks& hooks = {},
                          const Opener& open = open_model);

// The findings of a run or corpus (options.run) asked again. Models and how they are fed are the run's, or those that
// the corpus' findings tell, under what was given `now` (also of which options.run is); hashes are not checked, as it
// is changed models that are asked. Throws kBadArgument where a corpus is to be asked without models, for a model that
// is a command where a run names it and nobody allows it, and for a run by another oracle than top1; and what read_run,
// read_corpus, known_findings, open_pair and replay throw.
GateReport replay_as_asked(const Givens& now, LiveProgress& live, const FieldHooks& hooks = {},
                           const Opener& open = open_model);

// The confirmed findings of the run in that folder, added to the corpus in the other. Throws what add_to_corpus and
// load_seeds throw, and kBadInput for a run without findings, or whose inputs are gone or have changed; kBadArgument
// for a run by another oracle than top1.
CorpusAddition export_to_corpus(const std::filesystem::path& run, const std::filesystem::path& corpus);

// options.run and options.other_run, both runs or both JSON files of profiles, over the inputs that both know. Throws
// kBadArgument for one of each, kBadInput for files that are neither, runs of other inputs or by other oracles, and
// where no input is known to both.
CompareReport compare_as_asked(const Options& options);

// The files that options name: the report as JSON (out), a heat map (svg); for build servers (junit, markdown). Each is
// written whole or not at all. Throw kCannotWrite.
void write_files(const ProfileReport& report, const Options& options);
void write_files(const GateReport& report, const Options& options);
void write_files(const CompareReport& report, const Options& options);

}  // namespace dflare
