// The least changes that there are of a finding: does it outlast them?
#pragma once

#include <vector>

#include "dflare/finding.h"
#include "dflare/strategy.h"
#include "search/pair_instance.h"

namespace dflare {

// Asks both models for neighbours of inputs: each value is moved by -1, 0 or +1 level, which is equally likely, and
// kept in its range. What is drawn depends on the input's bytes alone.
class Neighbourhood {
 public:
  // So many neighbours of each input; none of texts, whose values are no amounts.
  Neighbourhood(const RunContext& context, int neighbours);

  // Answers of the pair's last ask() stay. Not measured where there are no neighbours. Throws what the models do.
  Robustness measure(PairInstance& pair, InputView input, SeedIndex seed);
  // The neighbour on which a model failed when measure() threw.
  [[nodiscard]] InputView failing() const { return neighbours_[failing_]; }

 private:
  void draw(InputView input);
  [[nodiscard]] bool deviates(const PairInstance& pair, std::size_t row, std::size_t answer) const;
  Robustness ask_one_by_one(PairInstance& pair);

  const RunContext& context_;
  std::size_t count_;
  Batch neighbours_;
  std::vector<SeedIndex> seeds_;  // one a neighbour
  std::size_t failing_ = 0;
};

}  // namespace dflare
