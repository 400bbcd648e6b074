// Variants searched by both strategies, some seeds at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dflare/cached_model.h"
#include "dflare/rank.h"
#include "dflare/search.h"

namespace dflare {

// What a search had to say of one seed.
struct SeedOutcome {
  bool found = false;   // a confirmed deviation; the seed itself, where the models differ on it
  double queries = 0;   // its own included
  double seconds = 0;   // the chain's, refining left out: its share by queries
  double severity = 0;  // of the deviation as refined; 0 where none was found
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
};

// The searches of all variants of an original, whose own answers are kept: they are asked for once.
class VariantSearches {
 public:
  VariantSearches(const Model& original, std::span<Model* const> variants);

  // Asks all models the chosen inputs, whose places in that list are the seeds below. False where live.stop cut it
  // short. `tell` hears of how many of how many variants.
  bool begin(const SeedSet& inputs, std::span<const SeedIndex> chosen, const SearchSettings& settings,
             std::int64_t refine_queries, LiveProgress& live,
             const std::function<void(std::size_t done, std::size_t of)>& tell);
  // Searches from seeds first to end of every variant. False as for SeedSearch.
  bool run(std::size_t first, std::size_t end);
  // What the searches from the first `searched` seeds say of a variant.
  void summarise(std::size_t variant, std::size_t searched, VariantMeasures& out) const;

 private:
  CachedModel original_;
  std::vector<Model*> variants_;
  SeedSet seeds_;
  std::uint64_t rng_seed_ = 0;
  std::vector<std::unique_ptr<SeedSearch>> boundary_, dflare_;  // one a variant
};

}  // namespace dflare
