// Shifts of the decision boundary, input by input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dflare/answers.h"
#include "dflare/natural.h"

namespace dflare {

// Sums over the boundary points of each input, for every variant.
class ShiftSums {
 public:
  // `inputs`, rising, outlive this.
  void begin(std::size_t variants, std::span<const SeedIndex> inputs);
  // The original's answers to the points, and each variant's. Returns on how many of them the original wavers: the
  // others say nothing.
  std::int64_t add(std::span<const NaturalImage> points, const Answers& original, std::span<const Answers> variants);
  // A variant: the mean shift of each input that has points.
  [[nodiscard]] std::vector<std::vector<double>> means() const;

  // Inputs that have points.
  [[nodiscard]] std::int64_t inputs_with_points() const;

 private:
  std::span<const SeedIndex> inputs_;
  std::vector<std::vector<double>> sums_;  // a variant: one an input
  std::vector<int> points_;                // of each input
};

}  // namespace dflare
