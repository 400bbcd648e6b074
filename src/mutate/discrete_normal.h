// A normal variate rounded to an integer, drawn without drawing the normal.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dflare/rng.h"

namespace dflare {

// Draws floor(N(mean, sd^2)), for parameters that keep it within -3..3 but for a chance below 1e-15.
//
// Sixteen random bits are the head of a uniform U in [0, 1), and the value is the number of boundaries P(value <= k)
// that U reaches. The bits decide it unless a boundary lies among the numbers that begin with them; then 53 further
// bits are drawn. So the distribution is exact to 2^-69, for a quarter of a 64-bit number a value.
class DiscreteNormal {
 public:
  DiscreteNormal(double mean, double sd);
  void draw(std::span<std::int16_t> out, Rng& rng) const;

 private:
  static constexpr int kLowest = -3;
  static constexpr std::size_t kBoundaries = 6;

  [[nodiscard]] std::int16_t decide(std::int16_t bits, Rng& rng) const;

  std::array<double, kBoundaries> boundary_{};          // 65536 P(value <= kLowest + j)
  std::array<std::int16_t, kBoundaries> last_below_{};  // the highest 16 bits, less 32768, that begin a U below it
};

}  // namespace dflare
