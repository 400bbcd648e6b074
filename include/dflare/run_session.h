// A run's folder while it is worked on: begun, gone on with, left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dflare/finding.h"
#include "dflare/options.h"
#include "dflare/pair.h"
#include "dflare/run_summary.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

// A folder for a run that begins. One that never does leaves none behind; an owner's folder stays, empty as it was.
class NewRun {
 public:
  // Throws what FindingStore::create throws.
  explicit NewRun(const std::filesystem::path& folder);
  ~NewRun();
  NewRun(const NewRun&) = delete;
  NewRun& operator=(const NewRun&) = delete;

  [[nodiscard]] FindingStore& store() { return *store_; }
  // Records what the run was asked: all that its reader and its resume need. `notes`: what looks wrong with the models.
  // From now on the folder stays.
  void begin(const Options& options, const OpenPair& pair, const SeedSet& seeds, const Search& search,
             const std::vector<std::string>& notes);

 private:
  bool existed_;
  bool begun_ = false;
  std::unique_ptr<FindingStore> store_;
};

// "dflare-run-N" with the first N that is free in the working folder.
std::filesystem::path free_run_folder();

// What the summary.json in a run's folder says of its sessions; nothing when there is none or it cannot be read.
RunTiming recorded_timing(const std::filesystem::path& folder);

// All that the chains which ended have asked, refining included.
std::int64_t queries_of(const std::vector<SeedDone>& done);

// Counts of what earlier sessions found and ended, so that a resumed run's progress begins there.
void recall_counts(const FindingStore& store, const std::vector<SeedDone>& done, LiveProgress& progress);

// Leaves the folder as its reader wants it: images written, summary.json replaced. `before`: of earlier sessions;
// `queries_before`: queries_of() what had ended then; `wall_seconds`: of this session, 0: nothing ran. Returns the
// summary.
RunSummary close_session(FindingStore& store, const RunTiming& before, std::int64_t queries_before,
                         double wall_seconds);

}  // namespace dflare
