// The inverse of the cumulative distribution, by counting boundaries.
#include "mutate/discrete_normal.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/target_clones.h"

namespace dflare {
namespace {

constexpr std::size_t kBlock = 256;
constexpr std::size_t kLanes = 16;
using Lanes = std::int16_t __attribute__((vector_size(2 * kLanes)));
using Bits = std::array<std::int16_t, kBlock>;  // 16 random bits a value, less 32768

void fill_random(Bits& bits, std::size_t count, Rng& rng) {
  Rng local = rng;  // keeps its state in registers
  for (std::size_t i = 0; i < count; i += 4) {
    const std::uint64_t word = local.next();
    std::memcpy(&bits[i], &word, sizeof word);
  }
  rng = local;
}

// Counts the boundaries below each value; says whether some value's bits do not decide.
template <std::size_t N>
DFLARE_TARGET_CLONES bool count_boundaries(const Bits& bits, const std::array<std::int16_t, N>& last_below,
                                           std::int16_t lowest, Bits& out) {
  Lanes undecided{};
  for (std::size_t i = 0; i < kBlock; i += kLanes) {
    Lanes value;
    std::memcpy(&value, &bits[i], sizeof value);
    Lanes count = Lanes{} + lowest;
    for (const std::int16_t edge : last_below) {
      count -= value > edge;  // true is -1
      undecided |= value == edge;
    }
    std::memcpy(&out[i], &count, sizeof count);
  }
  const Lanes none{};
  return std::memcmp(&undecided, &none, sizeof none) != 0;  // NOLINT(bugprone-suspicious-memory-comparison): no padding
}

}  // namespace

DiscreteNormal::DiscreteNormal(double mean, double sd) {
  for (std::size_t j = 0; j < kBoundaries; ++j) {
    const double edge = kLowest + static_cast<double>(j) + 1.0;
    boundary_[j] = 65536.0 * 0.5 * std::erfc((mean - edge) / (sd * std::sqrt(2.0)));
    last_below_[j] = static_cast<std::int16_t>(std::max(std::ceil(boundary_[j]) - 1.0, 0.0) - 32768.0);
  }
}

void DiscreteNormal::draw(std::span<std::int16_t> out, Rng& rng) const {
  Bits bits{};
  Bits values;
  for (std::size_t begin = 0; begin < out.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, out.size() - begin);
    fill_random(bits, count, rng);
    if (count_boundaries(bits, last_below_, kLowest, values)) {
      for (std::size_t i = 0; i < count; ++i) {
        if (std::find(last_below_.begin(), last_below_.end(), bits[i]) != last_below_.end()) {
          values[i] = decide(bits[i], rng);
        }
      }
    }
    std::copy_n(values.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

std::int16_t DiscreteNormal::decide(std::int16_t bits, Rng& rng) const {
  const double u = bits + 32768.0 + rng.uniform();
  const auto reached = std::count_if(boundary_.begin(), boundary_.end(), [u](double b) { return u >= b; });
  return static_cast<std::int16_t>(kLowest + reached);
}

}  // namespace dflare
