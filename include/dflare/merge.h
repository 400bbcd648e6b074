// Runs that are parts of one search, joined into one run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dflare/run_summary.h"

namespace dflare {

// What one of the runs brought.
struct MergedPart {
  std::filesystem::path run;
  std::int64_t ended = 0;       // inputs that it had searched to their end
  std::int64_t added = 0;       // of those, not known from elsewhere
  std::int64_t unfinished = 0;  // inputs that it had planned, but not searched to their end
};

struct Merged {
  std::vector<MergedPart> parts;   // in the order given
  RunSummary summary;              // of the run that they are now; also its summary.json
  std::vector<std::string> notes;  // what differs between the parts and may matter
};

// Joins runs of one search, whatever share of it each of them was (--shard), into a new one in `out`, which is there
// only when it is whole: it is made in OUT.merging. An input that several runs have searched is taken from the first
// that came to its end; of inputs that none has finished what was found is kept, and resume_as_asked() searches them
// again. Runs may be under way. Inputs that a part keeps in its own folder are copied.
// Throws kBadArgument for no run, and for a folder `out` that holds anything; kBadInput for runs that are not of the
// same models (by hash), inputs (by hash, label and status) and settings, naming what differs; kCannotWrite.
Merged merge_runs(std::span<const std::filesystem::path> runs, const std::filesystem::path& out);

// A run that others of the same search are added to as they come. Holds the run as its only writer.
class JoinedRun {
 public:
  // The run in a folder, of the whole search: kBadArgument for a shard's. Throws what FindingStore::open throws.
  explicit JoinedRun(const std::filesystem::path& run);
  ~JoinedRun();
  JoinedRun(const JoinedRun&) = delete;
  JoinedRun& operator=(const JoinedRun&) = delete;

  // What that run has and this one has not. Doing so twice changes nothing; a process that is killed meanwhile has
  // added some inputs whole, and the rest not at all. Throws what merge_runs throws.
  MergedPart add(const std::filesystem::path& part);

  struct Counts {
    std::int64_t planned = 0, ended = 0;  // inputs
    std::int64_t found = 0;               // with a confirmed finding, natural ones apart
    std::int64_t queries = 0;             // of those that ended, refining included
  };
  [[nodiscard]] const Counts& counts() const;
  [[nodiscard]] const std::vector<std::string>& notes() const;  // what differs between the parts and may matter

  // Leaves the folder as its reader wants it: images, summary.json. More can be added after it.
  RunSummary close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dflare
