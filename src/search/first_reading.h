// Answers to the seeds, read before it is known what the outputs are.
#pragma once

#include "dflare/search.h"

namespace dflare {

// Labels are known before the outputs are read: they are those of the largest output, whatever it means. Of one score
// it is looked whether all are probabilities so far. The context holds the answers, raw but for an oracle's, and
// outlives this.
class FirstReading {
 public:
  FirstReading(const RunContext& context, const PairFacts& facts, const SearchSettings& settings);

  struct Two {
    AnswerView original, compressed;
  };
  // Only labels, ties and whether the answers are finite mean anything. Stays as it is until the next.
  Two of(SeedIndex seed);

 private:
  const RunContext& context_;
  OutputReading original_reading_, compressed_reading_;
  Answers original_, compressed_;
};

}  // namespace dflare
