// A run: a search whose folder holds what was asked, of which models, on which inputs and machine, so that it can be
// gone on with, done again and learnt from.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/finding.h"
#include "dflare/finding_report.h"
#include "dflare/natural.h"
#include "dflare/open_pair.h"
#include "dflare/options.h"
#include "dflare/report_files.h"
#include "dflare/search.h"
#include "dflare/searched.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

struct RecordedFile {
  std::string what;  // in a sentence: "original model"
  std::filesystem::path path;
  std::string sha256;
};

// An input as it was when the run began.
struct RecordedSeed {
  std::string source;
  int label = -1;
  std::string status;  // a SeedStatus in words
  bool planned = false;
  std::string sha256;  // of its pixels; empty: it could not be read
};

// What a run says of itself.
struct RecordedRun {
  std::filesystem::path folder;
  Options options;                  // as it was asked
  std::vector<RecordedFile> files;  // of both models: themselves, what they read beside, heads
  std::string original_runtime, compressed_runtime;
  OutputReading original, compressed;
  std::string models;  // JSON: both, with all that is known of them
  int batch = 0;       // rows a model was given at once
  bool rows_exact = false;
  std::string cpu;                 // empty: not recorded
  std::vector<std::string> notes;  // what looked wrong with the models
  std::vector<RecordedSeed> seeds;
};

// Throws kBadInput for a run that was killed before it had begun, and for a damaged record.
RecordedRun read_run(const FindingStore& store);

// Throws kBadInput naming the model file that is not what it was when the run began.
void check_models(const RecordedRun& run);
// As check_models, for the inputs and their labels.
void check_seeds(const RecordedRun& run, const SeedSet& seeds);
// A sentence for each model that is asked by another runtime, or version of it, than the run asked it by.
std::vector<std::string> changed_runtimes(const RecordedRun& run, const OpenPair& pair);

// The models and inputs of a run, found to be still the same.
struct ReopenedRun {
  OpenPair pair;
  SeedSet seeds;
  std::vector<std::string> notes;  // changed_runtimes()
  OwnCode own = {};                // of a run that names some; who has it puts it here
};

// `now`: the run's options under those given now. Throws kBadInput for what is gone or has changed, kBadArgument for a
// model that is a command where `now` does not allow it (allow_exec).
ReopenedRun reopen(const RecordedRun& run, const Options& now, const Opener& open = open_model);

// The options of a run under those given now, as to what is to be made of it.
Options options_now(const RecordedRun& run, const Givens& now);

// A run's folder may be somebody else's. What would be run is what the options say, whatever else is recorded: throws
// kBadArgument where a model is a command and nobody said --allow-exec.
void refuse_commands(const RecordedRun& run, const Options& now);

// A run for what is done after a search: looked at, learnt from.
struct PastRun {
  std::unique_ptr<FindingStore> store;  // for reading
  RecordedRun recorded;
  Options options;  // options_now()
  ReopenedRun reopened;

  [[nodiscard]] ReportedModel compressed() const;  // borrows from this
};

// The run in that folder, under the options given now. Throws kBadInput for a folder that is no run, and for models or
// inputs that are gone or have changed.
PastRun open_past_run(const std::filesystem::path& folder, const Givens& now, const Opener& open = open_model);
// Where what is made of it goes: to --out, else into a folder of that name inside the run's.
std::filesystem::path output_folder(const PastRun& run, const std::string& name);

// The inputs of --held-out, with true labels from the file `labels` (empty: none); nothing where it was not given.
std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels);

// As the run was asked, unless options of now say otherwise.
AskOptions ask_options(const PastRun& run);

// Whether every planned seed was searched to its end.
bool is_complete(const RecordedRun& run, const FindingStore& store);

// Settings to go on with a run: rows a batch as it began with, unless `now` says otherwise.
SearchSettings settings_to_go_on(const RecordedRun& run, const Options& now);

// Whether a search from the finding's seed alone ends with the same image, bit for bit, and the same labels.
bool comes_again(const Finding& finding, const RecordedRun& run, const Options& now, const ReopenedRun& reopened);

// What there is to learn from a run. Borrows models and inputs. Throws kBadInput for a status of a later version.
Searched searched_of(const PastRun& run);

// The finding that `id` names: "12" (the confirmed one of input 12), "12:0" or the name of its image, with its png.
// Throws kBadArgument for any other text, and where there is no such finding.
Finding find_finding(const FindingStore& store, const std::string& id);
// It and where it came from, for a person. `now`: options_now().
FindingReport finding_report(Finding finding, const RecordedRun& run, const Options& now);

}  // namespace dflare
