// Operators that add noise to every value: Gaussian and multiplicative.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/target_clones.h"
#include "mutate/discrete_normal.h"
#include "mutate/flavour.h"

namespace dflare {
namespace {

constexpr std::size_t kBlock = 256;

// Calls f(begin, count) for consecutive blocks of at most kBlock values.
template <class F>
void for_blocks(std::size_t size, F f) {
  for (std::size_t begin = 0; begin < size; begin += kBlock) f(begin, std::min(kBlock, size - begin));
}

const double kGaussianSd = std::sqrt(0.1);  // grey levels

using AddNoise = void (*)(const std::uint8_t* in, const std::int16_t* noise, std::uint8_t* out, std::size_t count);

void add_and_clip(const std::uint8_t* in, const std::int16_t* noise, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::uint8_t>(std::clamp(in[i] + noise[i], 0, 255));
  }
}

// The noise is the floor of what a truncation towards zero is to see: one less than that for negative sums.
void add_and_wrap(const std::uint8_t* in, const std::int16_t* noise, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const int sum = in[i] + noise[i];
    out[i] = static_cast<std::uint8_t>(sum + (sum < 0 ? 1 : 0));
  }
}

// x + n for n ~ N(0, 0.1). As x is whole, x + n rounds to x + floor(n + 1/2), and its floor is x + floor(n): neither
// needs n itself.
class GaussianNoise final : public NamedOperator {
 public:
  GaussianNoise(std::string name, Flavour flavour)
      : NamedOperator(std::move(name)),
        noise_(flavour == Flavour::kPaper ? 0.5 : 0.0, kGaussianSd),
        add_(flavour == Flavour::kPaper ? add_and_clip : add_and_wrap) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    for_blocks(out.size(), [&](std::size_t begin, std::size_t count) {
      std::array<std::int16_t, kBlock> noise;
      noise_.draw(std::span(noise).first(count), rng);
      add_(in.data + begin, noise.data(), out.data() + begin, count);
    });
  }

 private:
  DiscreteNormal noise_;
  AddNoise add_;
};

// Writes x (1 + mean + sd z) for standard normals z.
struct Scaling {
  float mean, sd;
  [[nodiscard]] float operator()(std::uint8_t x, float z) const {
    const auto value = static_cast<float>(x);
    return value + value * (mean + sd * z);
  }
};

DFLARE_TARGET_CLONES void scale_and_round(const std::uint8_t* in, const float* z, Scaling scaling, std::uint8_t* out,
                                          std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float y = std::min(std::max(scaling(in[i], z[i]) + 0.5F, 0.0F), 255.0F);
    out[i] = static_cast<std::uint8_t>(static_cast<int>(y));
  }
}

DFLARE_TARGET_CLONES void scale_and_wrap(const std::uint8_t* in, const float* z, Scaling scaling, std::uint8_t* out,
                                         std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::uint8_t>(static_cast<int>(scaling(in[i], z[i])));
  }
}

// x + x n for n ~ N(-0.5 + U, 0.05 U'), U and U' uniform and drawn once an application.
class MultiplicativeNoise final : public NamedOperator {
 public:
  MultiplicativeNoise(std::string name, Flavour flavour) : NamedOperator(std::move(name)), flavour_(flavour) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const double mean = -0.5 + rng.uniform();
    const double variance = 0.05 * rng.uniform();
    const Scaling scaling{static_cast<float>(mean), static_cast<float>(std::sqrt(variance))};
    const auto scale = flavour_ == Flavour::kPaper ? scale_and_round : scale_and_wrap;
    for_blocks(out.size(), [&](std::size_t begin, std::size_t count) {
      std::array<float, kBlock> z;
      rng.normals(std::span(z).first(count));
      scale(in.data + begin, z.data(), scaling, out.data() + begin, count);
    });
  }

 private:
  Flavour flavour_;
};

}  // namespace

std::unique_ptr<Operator> make_gaussian_noise(std::string name, Flavour flavour) {
  return std::make_unique<GaussianNoise>(std::move(name), flavour);
}

std::unique_ptr<Operator> make_multiplicative_noise(std::string name, Flavour flavour) {
  return std::make_unique<MultiplicativeNoise>(std::move(name), flavour);
}

}  // namespace dflare
