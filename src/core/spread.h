// An order of n things of which every beginning is spread evenly over all of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace dflare {

// A permutation of 0 to n-1: steps of the golden section of n, around and around. Inputs come class by class as a rule;
// what is known of the first few in this order holds for all.
inline std::vector<std::size_t> spread_order(std::size_t n) {
  auto step = static_cast<std::size_t>(0.618033988749895 * static_cast<double>(n));
  while (step > 0 && std::gcd(step, n) != 1) --step;
  std::vector<std::size_t> order(n);
  for (std::size_t i = 1; i < n; ++i) order[i] = (order[i - 1] + (step == 0 ? 1 : step)) % n;
  return order;
}

// So many of n things, spread evenly over all of them, in their order.
inline std::vector<std::size_t> spread_choice(std::size_t n, std::size_t most) {
  std::vector<std::size_t> chosen = spread_order(n);
  chosen.resize(std::min(n, most));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace dflare
