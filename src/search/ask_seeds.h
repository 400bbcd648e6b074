// Both models asked many seeds, by as many threads as there are workers.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "dflare/error.h"
#include "dflare/search.h"
#include "search/pair_instance.h"

namespace dflare {

class SeedAsker {
 public:
  // Makes room for the answers to all seeds in the context, which knows the oracle. All outlive the asker.
  SeedAsker(const Pair& pair, RunContext& context, const PairFacts& facts, const SearchSettings& settings,
            LiveProgress& live);

  // The first of the seeds that both models answer alone, and all that the probe may ask besides it. Throws the models'
  // failure where there is none among the first few.
  [[nodiscard]] std::vector<InputView> sample(std::span<const SeedIndex> seeds, std::size_t most);

  // Puts the answers into the context; seeds on which a model fails alone are noted. Returns soon, with a part only,
  // where live.stop is set meanwhile. Throws kModelFailed where a model no longer answers a seed
  // that it did answer, and after kMostFailedInputs.
  void ask(std::span<const SeedIndex> seeds);
  // Asks those on which the models differ again, alone: what counts is what holds then.
  void ask_alone_where_they_differ(std::span<const SeedIndex> seeds);

  // Rising.
  [[nodiscard]] std::vector<FailedInput> failed();
  [[nodiscard]] std::vector<SeedIndex> answered(std::span<const SeedIndex> seeds) const;

 private:
  void ask_in_batches(std::span<const SeedIndex> seeds, std::size_t batch);
  void ask_rows(PairInstance& instance, std::span<const SeedIndex> rows);
  void ask_one(PairInstance& instance, const SeedIndex& seed);
  void keep(const PairInstance& instance, std::span<const SeedIndex> rows);
  void note_failure(const PairInstance& instance, SeedIndex seed, const Error& failure);

  const Pair& pair_;
  RunContext& context_;
  const PairFacts& facts_;
  const SearchSettings& settings_;
  LiveProgress& live_;
  std::span<float> original_, compressed_;  // raw outputs, or what the oracle makes of them, seed after seed
  SeedIndex known_;                         // a seed that was answered
  std::mutex lock_;
  std::vector<FailedInput> failed_;
};

}  // namespace dflare
