// Looks at a few seeds, since looking at all would cost more than a query.
#include "strategy/neighbours.h"

#include "dflare/budget.h"

namespace dflare {

SeedIndex near_other_seed(const RunContext& context, SeedIndex seed, int label, int candidates, Rng& rng) {
  constexpr int kMostTries = 480;  // where nearly all seeds have one label
  SeedIndex best;
  double least = 0;
  const auto n = static_cast<std::uint32_t>(context.usable.size());
  int met = 0;
  for (int tries = 0; met < candidates && tries < kMostTries; ++tries) {
    const SeedIndex other = context.usable[rng.below(n)];
    if (context.original[static_cast<std::size_t>(other.value)].label == label) continue;
    ++met;
    const double d = l2_distance(context.input(seed), context.input(other));
    if (best.value < 0 || d < least) {
      least = d;
      best = other;
    }
  }
  return best;
}

}  // namespace dflare
