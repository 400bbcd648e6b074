// The honest measure: what a repair does to natural images.
#include <map>

#include "dflare/repair.h"

namespace dflare {
namespace {

// Sums over the images of one input.
struct OfInput {
  double images = 0, before = 0, after = 0;
};

}  // namespace

NaturalEffect natural_effect(std::span<const RepairedImage> images, std::uint64_t rng_seed) {
  NaturalEffect effect{.images = images.size()};
  std::map<SeedIndex, OfInput> inputs;
  double right_original = 0;
  double right_before = 0;
  double right_after = 0;
  for (const RepairedImage& image : images) {
    OfInput& input = inputs[image.seed];
    const bool before = image.before != image.original;
    const bool after = image.after != image.original;
    input.images += 1;
    input.before += before ? 1 : 0;
    input.after += after ? 1 : 0;
    effect.differ_before += before ? 1 : 0;
    effect.differ_after += after ? 1 : 0;
    if (image.truth < 0) continue;
    ++effect.labelled;
    right_original += image.original == image.truth ? 1 : 0;
    right_before += image.before == image.truth ? 1 : 0;
    right_after += image.after == image.truth ? 1 : 0;
  }
  effect.inputs = inputs.size();
  std::vector<double> before;
  std::vector<double> after;
  std::vector<double> change;
  for (const auto& [seed, input] : inputs) {
    before.push_back(input.before / input.images);
    after.push_back(input.after / input.images);
    change.push_back(after.back() - before.back());
  }
  effect.before = share_estimate(before, rng_seed);
  effect.after = share_estimate(after, rng_seed);
  effect.change = change_estimate(change, rng_seed);
  if (effect.labelled > 0) {
    const auto n = static_cast<double>(effect.labelled);
    effect.accuracy_original = right_original / n;
    effect.accuracy_before = right_before / n;
    effect.accuracy_after = right_after / n;
  }
  return effect;
}

}  // namespace dflare
