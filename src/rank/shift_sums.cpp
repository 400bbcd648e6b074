// Shifts of the decision boundary, input by input.
#include "rank/shift_sums.h"

#include <algorithm>

#include "rank/boundary_points.h"

namespace dflare {

void ShiftSums::begin(std::size_t variants, std::span<const SeedIndex> inputs) {
  inputs_ = inputs;
  sums_.assign(variants, std::vector<double>(inputs.size()));
  points_.assign(inputs.size(), 0);
}

std::int64_t ShiftSums::add(std::span<const NaturalImage> points, const Answers& original,
                            std::span<const Answers> variants) {
  std::int64_t counted = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (shift_at(original[i], original[i]) < 0) continue;  // says nothing of any variant
    const auto input = static_cast<std::size_t>(std::ranges::lower_bound(inputs_, points[i].seed) - inputs_.begin());
    ++points_[input];
    ++counted;
    for (std::size_t v = 0; v < variants.size(); ++v) sums_[v][input] += shift_at(original[i], variants[v][i]);
  }
  return counted;
}

std::int64_t ShiftSums::inputs_with_points() const {
  return std::ranges::count_if(points_, [](int points) { return points > 0; });
}

std::vector<std::vector<double>> ShiftSums::means() const {
  std::vector<std::vector<double>> means(sums_.size());
  for (std::size_t v = 0; v < sums_.size(); ++v) {
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (points_[i] > 0) means[v].push_back(sums_[v][i] / points_[i]);
    }
  }
  return means;
}

}  // namespace dflare
