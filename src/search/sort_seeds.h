// What the models' answers to the seeds say: how outputs are read, which seeds are usable, how often they agree.
#pragma once

#include <span>
#include <vector>

#include "dflare/search.h"

namespace dflare {

// Reads the raw answers of the seeds that were asked, into `facts` and `context`.
void read_outputs(const Pair& pair, const SearchSettings& settings, std::span<const SeedIndex> asked,
                  RunContext& context, PairFacts& facts);

class SeedSorter {
 public:
  SeedSorter(const SeedSet& seeds, const SearchSettings& settings) : seeds_(seeds), settings_(settings) {}

  [[nodiscard]] SeedStatus status_of(SeedIndex seed, const AnswerView& original, const AnswerView& compressed) const;
  // By the raw answers: how many of these seeds are usable.
  [[nodiscard]] std::int64_t count_usable(std::span<const SeedIndex> asked, const RunContext& context,
                                          const PairFacts& facts) const;
  // Statuses of the seeds that were asked, in order, until there are max_seeds usable ones: the others stay kNotAsked.
  void sort(std::span<const SeedIndex> asked, RunContext& context) const;
  // Accuracy and agreement over the seeds that were asked.
  void measure(std::span<const SeedIndex> asked, const RunContext& context, PairFacts& facts) const;

 private:
  // As an output of both models; -1 where there is none.
  [[nodiscard]] int true_label(SeedIndex seed) const;
  [[nodiscard]] bool only_correct() const;

  const SeedSet& seeds_;
  const SearchSettings& settings_;
};

}  // namespace dflare
