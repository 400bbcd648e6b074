// Images and statistics for the tests of the operators.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "dflare/operators.h"

namespace dflare {

inline std::unique_ptr<Operator> one(const std::string& name) { return std::move(make_operators(name).front()); }

inline Input constant_image(Shape shape, std::uint8_t value) {
  Input image(shape);
  image.pixels.assign(shape.size(), value);
  return image;
}

inline Input noise_image(Shape shape, std::uint64_t seed = 5) {
  Input image(shape);
  Rng rng(seed, 0);
  for (auto& v : image.pixels) v = static_cast<std::uint8_t>(rng.below(256));
  return image;
}

inline Input mutant(const Operator& op, const Input& in, Rng& rng) {
  Input out(in.shape);
  op.apply(in.view(), out.pixels, rng);
  return out;
}

// Pearson's statistic. Cells that expect fewer than 5 are refused: the approximation would not hold.
inline double chi_square(std::span<const double> observed, std::span<const double> expected) {
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (expected[i] < 5) throw std::logic_error("a cell expects fewer than 5");
    sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  }
  return sum;
}

// Above this a chi-square of `degrees` has a chance of about 1e-5 (Wilson and Hilferty).
inline double chi_square_limit(double degrees) {
  const double z = 4.26;
  const double t = 1.0 - 2.0 / (9.0 * degrees) + z * std::sqrt(2.0 / (9.0 * degrees));
  return degrees * t * t * t;
}

}  // namespace dflare
