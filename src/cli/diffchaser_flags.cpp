// The options of `--strategy diffchaser`.
#include "cli/diffchaser_flags.h"

namespace dflare::cli {

std::vector<Flag> diffchaser_flags() {
  return {
      {.name = "population",
       .metavar = "N",
       .verbs = kSearch,
       .group = "Search",
       .slot = &Options::population,
       .brief = "Images that `diffchaser` breeds at a time",
       .details = "All of them are asked together, so a chain takes --max-queries of more than N, and ends when fewer "
                  "than N are left.",
       .least = 2},
      {.name = "k-uncertainty",
       .metavar = "K",
       .verbs = kSearch,
       .group = "Search",
       .slot = &Options::k_uncertainty,
       .brief = "`diffchaser` breeds towards a small difference of the first and K-th probability",
       .least = 2},
      {.name = "mutation-rate",
       .metavar = "R",
       .verbs = kSearch,
       .group = "Search",
       .slot = &Options::mutation_rate,
       .brief = "Share of a child's pixels that `diffchaser` changes, above 0 and up to 1",
       .least = 0},
  };
}

}  // namespace dflare::cli
