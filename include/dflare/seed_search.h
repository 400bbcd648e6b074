// Searches that pairs are compared by: what each says of every seed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/search.h"

namespace dflare {

// The settings that a comparison searches by: `strategy` "boundary" (findings refined by climb for `refine_queries`) or
// "dflare", every seed to its end, whatever the other settings say of these.
SearchSettings comparison_settings(const std::string& strategy, SearchSettings settings, std::int64_t refine_queries);
// The same for regressions by natural changes, as decisive as `queries` a seed make them.
SearchSettings regression_settings(SearchSettings settings, std::int64_t queries);

// What a search had to say of one seed.
struct SeedOutcome {
  bool found = false;   // a confirmed deviation; the seed itself, where the models differ on it
  double queries = 0;   // its own included
  double seconds = 0;   // the chain's, refining left out: its share by queries
  double severity = 0;  // of the deviation as refined, by the search's goal; 0 where none was found
};

class SeedSearch {
 public:
  // Asks both models all seeds. A variant for which no seed is usable (all tied, say) is searched from none.
  SeedSearch(Pair pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress& live);

  // Searches from seeds first to end. False where live.stop cut it short: then their outcomes are not to be used.
  bool run(std::size_t first, std::size_t end);
  // One a seed; nothing where the variant's answer to the seed is tied or not finite, or it was not searched.
  [[nodiscard]] std::span<const std::optional<SeedOutcome>> outcomes() const { return outcomes_; }

 private:
  std::unique_ptr<Search> search_;  // null: no usable seed
  std::vector<std::optional<SeedOutcome>> outcomes_;
  Goal goal_;
};

}  // namespace dflare
