// Distances between two images.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "dflare/finding.h"

namespace dflare {

Distance distance(InputView a, InputView b) {
  int largest = 0;
  std::int64_t squares = 0;
  const auto x = a.pixels();
  const auto y = b.pixels();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int d = std::abs(x[i] - y[i]);
    largest = std::max(largest, d);
    squares += static_cast<std::int64_t>(d) * d;
  }
  return {static_cast<double>(largest), std::sqrt(static_cast<double>(squares)) / 255.0};
}

}  // namespace dflare
