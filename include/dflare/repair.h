// Repair: heads behind the compressed model that answer as the original would, and what they are worth.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/answers.h"
#include "dflare/ids.h"
#include "dflare/model.h"
#include "dflare/repair_head.h"
#include "dflare/statistics.h"

namespace dflare {

// What a row of training is.
enum class RepairRowKind : std::uint8_t {
  kSeed,     // an input that both models gave one label
  kFinding,  // a confirmed deviation that a search reached from one
  kNatural,  // an input as it is, or under a natural corruption, whatever the models say of it
};

// What a repair learns from and is judged by: both models' answers to the same images, row by row.
struct RepairRows {
  Answers original, compressed;
  std::vector<SeedIndex> seed;  // the input that a row came from: all rows of an input stay on one side of a split
  std::vector<RepairRowKind> kind;

  [[nodiscard]] std::size_t size() const { return seed.size(); }
  [[nodiscard]] bool differs(std::size_t row) const { return original[row].label != compressed[row].label; }
};

// A way to make a head, by name.
struct RepairMethod {
  std::string name;
  std::string brief;         // one line
  bool learns_from_natural;  // else from seeds and findings alone
};
// docs/repair.md describes each; `drepair` is the paper's.
const std::vector<RepairMethod>& repair_methods();
// Throws kBadArgument with the nearest known name.
const RepairMethod& repair_method(std::string_view name);

// Trains a head on the rows that `use` names. The same arguments give the same head on the same machine. Rows with an
// answer that is not finite are left out. Throws kBadInput where no row is left. Where `stop` is set meanwhile it
// returns soon, and what it returns is not to be used.
RepairHead train_head(const RepairMethod& method, const RepairRows& rows, std::span<const std::size_t> use,
                      std::uint64_t rng_seed, const std::atomic<bool>* stop = nullptr);

// The paper's measure of a repair (Table 7), counted on rows that the head has not seen.
struct RepairCounts {
  std::int64_t deviations = 0;  // findings
  std::int64_t repaired = 0;    // of them: the head gives the original's label
  std::int64_t seeds = 0;       // on which both models agreed
  std::int64_t induced = 0;     // of them: the head no longer does
};
[[nodiscard]] double repair_ratio(const RepairCounts& counts);       // repaired / deviations
[[nodiscard]] double inducing_ratio(const RepairCounts& counts);     // induced / deviations
[[nodiscard]] double improvement_ratio(const RepairCounts& counts);  // the one less the other

struct CrossValidation {
  RepairCounts counts;
  std::vector<int> label;  // of every row, by the head that was trained without its input
};
// Splits the inputs into `folds` at random; each fold is judged by a head trained on the others. Throws kBadInput for
// fewer inputs than folds. `stop` as for train_head; `tell` is called with each fold before it is begun.
CrossValidation cross_validate(const RepairMethod& method, const RepairRows& rows, int folds, std::uint64_t rng_seed,
                               const std::atomic<bool>* stop = nullptr, const std::function<void(int)>& tell = {});

// One image before and after the repair.
struct RepairedImage {
  SeedIndex seed;
  int truth = -1;  // the true label; -1: not known
  int original = -1, before = -1, after = -1;
};

// The honest measure: what a repair does to natural images. Intervals are over the inputs that they were made of.
struct NaturalEffect {
  std::size_t inputs = 0, images = 0;
  std::int64_t differ_before = 0, differ_after = 0;  // from the original
  Estimate before, after;                            // disagreement with the original
  Estimate change;                                   // after less before, image by image
  std::size_t labelled = 0;                          // images; the accuracies are over them
  double accuracy_original = 0, accuracy_before = 0, accuracy_after = 0;

  [[nodiscard]] bool raises() const { return change.interval.low > 0; }
  [[nodiscard]] bool lowers() const { return change.interval.high < 0; }
};
NaturalEffect natural_effect(std::span<const RepairedImage> images, std::uint64_t rng_seed);

// A compressed model with its head, as one model whose outputs are logits (probabilities if `as_probabilities`):
// repaired_scores() of its answer. `reading` tells how its outputs are read; leading outputs that it skips stay, far
// below all others.
std::unique_ptr<Model> make_repaired_model(std::unique_ptr<Model> compressed, RepairHead head, OutputReading reading,
                                           bool as_probabilities);

}  // namespace dflare
