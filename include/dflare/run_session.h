// A run's folder while it is worked on: begun, searched in sessions, left.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dflare/finding.h"
#include "dflare/open_pair.h"
#include "dflare/options.h"
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
  // The store of a run that has begun; nothing is left here.
  [[nodiscard]] std::unique_ptr<FindingStore> take_store() { return std::move(store_); }

 private:
  bool existed_;
  bool begun_ = false;
  std::unique_ptr<FindingStore> store_;
};

// "dflare-run-N" with the first N that is free in the working folder.
std::filesystem::path free_run_folder();

// What whoever watches over a session does around its chains. Each may be empty.
struct SessionHooks {
  std::function<void()> begun;  // chains start now; `live` tells what earlier sessions did
  std::function<void()> ended;  // whatever ended them; the folder is closed next
};

// A session of a run, and the run after it.
struct RunSession {
  SearchResult search;
  RunSummary summary;  // as summary.json has it
};

// Runs the chains of a run that has begun, or is gone on with, as far as they are not done, and leaves the folder as
// its reader wants it: images written, summary.json replaced. `live`: that of the search, or null. What ends the run
// otherwise is thrown, as Search::run does, the folder left the same way where it can be; a model that failed with the
// hint that the run can go on.
RunSession run_session(FindingStore& store, Search& search, LiveProgress* live = nullptr,
                       const SessionHooks& hooks = {});

// Leaves the folder of a run with nothing left to do the same way.
RunSummary close_run(FindingStore& store);

}  // namespace dflare
