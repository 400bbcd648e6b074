// Variants searched, some seeds at a time: by both strategies, and for natural regressions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "dflare/cached_model.h"
#include "dflare/rank.h"
#include "dflare/search.h"
#include "dflare/seed_search.h"

namespace dflare {

// The searches of all variants of an original, whose own answers are kept: they are asked for once.
class VariantSearches {
 public:
  VariantSearches(const Model& original, std::span<Model* const> variants);

  // Asks all models the chosen inputs, whose places in that list are the seeds below. False where live.stop cut it
  // short. `tell` hears of how many of how many variants.
  bool begin(const SeedSet& inputs, std::span<const SeedIndex> chosen, const SearchSettings& settings,
             const RankSettings& ranking, LiveProgress& live,
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
  std::size_t regression_seeds_ = 0;
  std::vector<std::unique_ptr<SeedSearch>> boundary_, dflare_, regression_;  // one a variant; of the last maybe none
};

}  // namespace dflare
