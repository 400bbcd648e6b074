// The search as users run it, for a while at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dflare/search.h"
#include "rate.h"

namespace dflare::bench {

// What a turn of the search did.
struct SearchTurn {
  double seconds = 0;
  double cpu_seconds = 0;
  std::int64_t queries = 0;        // of the chains
  std::int64_t confirmations = 0;  // queries asked alone
  std::int64_t findings = 0;
  std::int64_t natural = 0;
  StepSeconds steps;

  // Of all inputs that both models answered.
  [[nodiscard]] Rate rate() const { return rate_of(queries + confirmations, seconds, cpu_seconds); }
};

// Chains over a pair's seeds, repeated until no turn runs out of them, so that batches stay full.
class SearchLoop {
 public:
  // `seconds`: of a turn. The batch is measured here unless the settings give it.
  SearchLoop(const Pair& pair, SeedSet seeds, SearchSettings settings, double seconds);

  [[nodiscard]] const Search& search() const { return *search_; }

  // Events go to memory.
  SearchTurn to_memory();
  // Events go to a new run folder.
  SearchTurn to_disk();

 private:
  void prepare(std::size_t copies);
  // More than the time of a turn, and less than half a gigabyte of images.
  [[nodiscard]] std::optional<std::size_t> more_copies(std::size_t copies);
  SearchTurn turn(EventSink* next);

  Pair pair_;
  SeedSet once_, seeds_;
  SearchSettings settings_;
  LiveProgress live_;
  std::unique_ptr<Search> search_;
};

}  // namespace dflare::bench
