// Runs of one search put together, an input at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "dflare/finding.h"
#include "dflare/run.h"
#include "dflare/store.h"

namespace dflare {

// A run that others are put together from. Read only; it may be under way.
struct PartOfSearch {
  std::unique_ptr<FindingStore> store;
  RecordedRun recorded;
  std::vector<SeedDone> done;

  explicit PartOfSearch(const std::filesystem::path& folder);
};

// Adds to a store what parts have to say of an input, in one transaction and once. A run is not held in memory.
class Adding {
 public:
  explicit Adding(FindingStore& to);

  // The inputs that the part has searched to their end. Returns how many were not known.
  std::int64_t add_ended(const PartOfSearch& part);
  // What it has of inputs that no run has finished, where that is not less than what is known.
  void add_unfinished(const PartOfSearch& part);

  [[nodiscard]] std::int64_t ended() const { return std::ssize(ended_); }
  [[nodiscard]] std::int64_t found() const { return std::ssize(found_); }  // inputs, natural findings apart
  [[nodiscard]] std::int64_t queries() const { return queries_; }

 private:
  using Ended = std::map<std::int32_t, SeedDone>;  // by seed

  void note(const SeedDone& done);
  void note(const Finding& finding);
  // Writes those `wanted`; with `done` the ends of inputs too, and what models failed on at start-up.
  template <class Wanted>
  void add(const PartOfSearch& part, Wanted wanted, const Ended* done);

  FindingStore& to_;
  std::set<std::int32_t> ended_, found_;
  std::int64_t queries_ = 0;
  std::map<std::int32_t, int> findings_;  // by seed
};

}  // namespace dflare
