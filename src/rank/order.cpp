// From a figure a seed to an order that says what cannot be told apart.
#include "rank/order.h"

#include <algorithm>

namespace dflare {
namespace {

bool told_apart(std::span<const double> a, std::span<const double> b, std::uint64_t seed) {
  std::vector<double> difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return !bootstrap_mean(difference, seed).contains(0);
}

}  // namespace

std::vector<std::size_t> order_variants(const std::vector<std::vector<double>>& values, std::uint64_t seed,
                                        std::vector<int>& rank) {
  std::vector<std::size_t> order;
  std::vector<double> means;
  for (std::size_t v = 0; v < values.size(); ++v) {
    means.push_back(mean(values[v]));
    if (!values[v].empty()) order.push_back(v);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t v) { return means[v]; });
  rank.assign(values.size(), 0);
  std::size_t first = 0;  // position of the first of the current group
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && told_apart(values[order[i]], values[order[first]], seed)) first = i;
    rank[order[i]] = static_cast<int>(first) + 1;
  }
  return order;
}

}  // namespace dflare
