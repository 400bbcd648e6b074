// A pair under one setting: the runtimes and the search, turn by turn.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dflare/search.h"
#include "pairs.h"
#include "rate.h"

namespace dflare::bench {

struct MeasureOptions {
  SearchSettings search;
  ModelOptions model;
  double seconds = 0.5;  // a turn
  int rounds = 5;
};

// Speeds in one round, the turns right after each other: what disturbs one disturbs all.
struct Round {
  Rate runtimes;   // the runtimes alone, on filled tensors
  Rate queries;    // Model::query on ready images
  Rate in_memory;  // the search, events to memory
  Rate on_disk;    // the search, events to a run folder
};

// Seconds of all workers in the turns on disk, by step, as shares that sum to 1.
struct Shares {
  double mutate = 0, query = 0, judge = 0, confirm = 0, store = 0, other = 0;
};

struct Measurement {
  std::string id, original_runtime, compressed_runtime;
  int batch = 0, workers = 0, threads = 1;
  bool rows_exact = false;
  std::vector<Round> rounds;
  Shares shares;
  std::int64_t queries = 0, confirmations = 0, findings = 0, natural = 0;

  // Medians over the rounds.
  [[nodiscard]] Round median() const;
  // Medians over the rounds of value / runtimes: steadier than the quotient of two medians.
  [[nodiscard]] Round ratio() const;
};

Measurement measure(const PairSpec& spec, const MeasureOptions& options);

nlohmann::json to_json(const Measurement& measurement);

}  // namespace dflare::bench
