// Weights by measured frequencies (docs/decisions/0043-probes-that-lead-away-come-first.md).
#include "strategy/natural_order.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/array_values.h"

namespace dflare {
namespace {

// How often a kind at full strength leads both models away from a seed's label.
struct Reach {
  std::string_view kind;
  double grey, colour;  // images of one channel, of several
};

constexpr std::array<Reach, 13> kReaches{{{"brighten", 0.33, 0.42},
                                          {"contrast", 0.80, 0.80},
                                          {"darken", 0.06, 0.45},
                                          {"defocus", 0.06, 0.57},
                                          {"gaussian-blur", 0.11, 0.60},
                                          {"gaussian-noise", 0.14, 0.70},
                                          {"jpeg", 0.04, 0.60},
                                          {"motion-blur", 0.17, 0.42},
                                          {"pixelate", 0.28, 0.65},
                                          {"rotate", 0.65, 0.35},
                                          {"translate", 0.88, 0.22},
                                          {"zoom-in", 0.72, 0.47},
                                          {"zoom-out", 0.41, 0.37}}};

// Of other kinds of input nothing was measured: all alike.
double reach_of(std::string_view kind, const Shape& shape) {
  const auto* const found = std::ranges::find(kReaches, kind, &Reach::kind);
  if (found == kReaches.end() || kind_of(shape) != InputKind::kImage) return 1;
  return shape.channels == 1 ? found->grey : found->colour;
}

}  // namespace

void order_by_reach(const Shape& shape, Rng& rng, std::vector<std::size_t>& order) {
  const auto& kinds = corruptions(shape.form);
  const auto reach = [&](std::size_t place) { return reach_of(kinds[order[place]]->name(), shape); };
  order.resize(kinds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t first = 0; first + 1 < order.size(); ++first) {
    double sum = 0;
    for (std::size_t i = first; i < order.size(); ++i) sum += reach(i);
    double left = rng.uniform() * sum - reach(first);
    std::size_t chosen = first;
    while (left >= 0 && chosen + 1 < order.size()) left -= reach(++chosen);
    std::swap(order[first], order[chosen]);
  }
}

}  // namespace dflare
