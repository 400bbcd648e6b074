// How a deviation stands between two models.
#pragma once

#include <algorithm>

namespace dflare {

// How much surer each model is of its own answer to the finding than of the other's, in log p. A deviation's severity
// is the lesser of the two.
struct Insistence {
  double original = 0, compressed = 0;

  [[nodiscard]] double sum() const { return original + compressed; }
  [[nodiscard]] double severity() const { return std::min(original, compressed); }
  [[nodiscard]] double lean() const { return (original - compressed) / 2; }
  // The sum is the harder half of severity: a step towards one model's boundary only shifts it between the two. So
  // climbing goes by the mean of severity and half the sum.
  [[nodiscard]] double height() const { return (severity() + sum() / 2) / 2; }
};

}  // namespace dflare
