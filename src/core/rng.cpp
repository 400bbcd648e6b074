// xoshiro256++ and its draws.
#include "dflare/rng.h"

#include <bit>
#include <cmath>

namespace dflare {
namespace {

constexpr std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Marsaglia & Tsang, «The Ziggurat Method for Generating Random Variables» (2000), with 256 layers of equal area.
struct Ziggurat {
  static constexpr int kLayers = 256;
  static constexpr double kTail = 3.6541528853610088;  // x where the tail begins
  static constexpr double kArea = 0.00492867323399;    // area of every layer
  std::array<double, kLayers + 1> x{};                 // right edges, x[0] of the base layer's rectangle
  std::array<double, kLayers + 1> density{};           // exp(-x^2 / 2) at the edges

  Ziggurat() {
    const auto f = [](double v) { return std::exp(-0.5 * v * v); };
    x[0] = kArea / f(kTail);
    x[1] = kTail;
    for (int i = 2; i < kLayers; ++i) x[i] = std::sqrt(-2.0 * std::log(kArea / x[i - 1] + f(x[i - 1])));
    x[kLayers] = 0.0;
    for (int i = 0; i <= kLayers; ++i) density[i] = f(x[i]);
  }
};

const Ziggurat kZiggurat;

// What 64 random bits say: a layer (8 bits), a sign (1), a point between 0 and the layer's right edge (53).
std::size_t ziggurat_layer(std::uint64_t bits) { return bits & 0xFF; }
float ziggurat_sign(std::uint64_t bits, double v) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(v)) |
                              (static_cast<std::uint32_t>(bits & 0x100) << 23));
}
double ziggurat_offset(std::uint64_t bits) {
  return static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * 0x1.0p-53 * kZiggurat.x[ziggurat_layer(bits)];
}

// The 1.2 % of draws that fall beside the part of their layer that lies wholly under the curve.
[[gnu::noinline]] float ziggurat_edge(std::uint64_t bits, Rng& rng) {
  while (true) {
    const std::size_t layer = ziggurat_layer(bits);
    const double v = ziggurat_offset(bits);
    if (v < kZiggurat.x[layer + 1]) return ziggurat_sign(bits, v);
    if (layer == 0) {  // the tail beyond kTail
      double a = 0;
      double b = 0;
      do {
        a = -std::log(1.0 - rng.uniform()) / Ziggurat::kTail;
        b = -std::log(1.0 - rng.uniform());
      } while (b + b < a * a);
      return ziggurat_sign(bits, Ziggurat::kTail + a);
    }
    const double low = kZiggurat.density[layer];
    const double high = kZiggurat.density[layer + 1];
    if (low + rng.uniform() * (high - low) < std::exp(-0.5 * v * v)) return ziggurat_sign(bits, v);
    bits = rng.next();
  }
}

}  // namespace

Rng::Rng(std::uint64_t run_seed, std::uint64_t stream, std::uint64_t purpose) {
  std::uint64_t state = run_seed;
  state = splitmix64(state) ^ stream;
  state = splitmix64(state) ^ purpose;
  for (auto& word : s_) word = splitmix64(state);
}

std::uint32_t Rng::below(std::uint32_t n) noexcept {
  std::uint64_t product = (next() >> 32) * n;
  if (auto low = static_cast<std::uint32_t>(product); low < n) {
    const std::uint32_t threshold = (0U - n) % n;
    while (low < threshold) {
      product = (next() >> 32) * n;
      low = static_cast<std::uint32_t>(product);
    }
  }
  return static_cast<std::uint32_t>(product >> 32);
}

float Rng::normal() noexcept {
  float z = 0;
  normals({&z, 1});
  return z;
}

void Rng::normals(std::span<float> out) noexcept {
  Rng local = *this;  // its state stays in registers
  for (float& z : out) {
    const std::uint64_t bits = local.next();
    const double v = ziggurat_offset(bits);
    if (v < kZiggurat.x[ziggurat_layer(bits) + 1]) {
      z = ziggurat_sign(bits, v);
    } else {
      *this = local;
      z = ziggurat_edge(bits, *this);
      local = *this;
    }
  }
  *this = local;
}

}  // namespace dflare
