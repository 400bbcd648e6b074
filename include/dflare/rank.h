// Ranking: which of several compressed variants behaves most like the original.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/model.h"
#include "dflare/progress.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/statistics.h"

namespace dflare {

struct RankSettings {
  // Which inputs are seeds, how outputs are read, ties, label offsets (compressed: all variants'), batch, workers, run
  // seed, and max_queries of the searches. Its strategy, refining and limits of time are set by the ranking.
  SearchSettings search;
  int corrupted_per_seed = 13;        // images of severities 1 to 5, for the disagreement
  int boundary_paths = 5200;          // in all, at most: corruptions of inputs followed to the original's boundary
  std::int64_t search_seeds = 100;    // that searches start from, for severity and queries; 0: no searches
  std::int64_t refine_queries = 100;  // spent on raising a finding's severity
  // A seed, on finding a regression by natural changes and making it as decisive as they go; 0: none are looked for.
  std::int64_t regression_queries = 100;
  std::int64_t regression_seeds = 30;  // of those searched
  double time_limit_seconds = 240;     // from the call on; 0: none
};

// All that is known of a variant, as means over inputs or seeds. What the time did not suffice for is not there.
struct VariantMeasures {
  int rank = 0;  // 1 for the most alike; the same for those that cannot be told apart; 0: not ranked
  std::optional<Estimate> disagreement;            // share of the inputs as they are, labels by first index
  std::optional<Estimate> accuracy;                // share of the labelled inputs
  std::optional<Estimate> boundary_shift;          // natural log units; what the order goes by
  std::optional<Estimate> corrupted_disagreement;  // share of the corrupted seeds
  std::optional<Estimate> severity;                // natural log units, after refine_queries
  std::optional<Estimate> queries_boundary,
      queries_dflare;  // a seed, its own included; what was spent where none found
  // Median over seeds, natural log units, 0 for a seed without one. Of images, by labels.
  std::optional<Estimate> regression;
  double seconds_boundary = 0, seconds_dflare = 0;  // mean a seed
  double found_boundary = 0, found_dflare = 0;      // share of the seeds with a deviation, natural ones included
  double found_regression = 0;
};

struct Ranking {
  SearchEnd end = SearchEnd::kComplete;
  std::string measure;               // what the order goes by: "boundary_shift", "corrupted_disagreement"; empty: none
  std::string oracle = "top1";       // when two answers differ, as Oracle::spec() tells; "top1" of all labels
  std::int64_t inputs = 0;           // asked as they are
  std::int64_t seeds = 0;            // of them, those that everything else starts from
  std::int64_t boundary_inputs = 0;  // of the seeds, those with a point on the original's boundary
  std::int64_t boundary_points = 0;
  std::int64_t searched = 0;  // seeds that every variant was searched from
  std::optional<Estimate> accuracy_original;
  std::vector<VariantMeasures> variants;  // as given
  std::vector<std::size_t> order;         // variants by falling likeness; those not ranked last
};

// By an oracle (search.oracle) inputs are compared as they are and corrupted, severities are in its units, and there is
// no boundary shift, which is about labels. The variants share the original's shape and classes. All see the same
// inputs, seeds, corruptions and points; what the original says of them is asked once. Ends early where the time limit
// or live.stop says so: what was measured by then is in the result, over the inputs and seeds that were asked by then,
// spread evenly. Under a time limit that the inputs alone would use up, seeds are chosen among those asked in a third
// of it. The same numbers for any batch and number of workers, as long as time does not cut in (and the models' rows
// are exact). Throws kNoUsableSeed when the original answers no input as a seed must be answered, kBadArgument,
// kModelFailed.
Ranking rank_variants(Model& original, std::span<Model* const> variants, const SeedSet& seeds,
                      const RankSettings& settings, LiveProgress& live, const Tell& tell);

}  // namespace dflare
