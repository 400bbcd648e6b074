// One reproducible random stream per chain (DESIGN 4.5).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace dflare {

// xoshiro256++ keyed by (run seed, stream). No std:: distribution is used anywhere: they differ between libraries,
// and findings must be the same bytes wherever the same build runs.
class Rng {
 public:
  Rng() : Rng(0, 0) {}
  // Streams of one run seed are independent of each other: stream is a seed's index, purpose tells apart its uses.
  Rng(std::uint64_t run_seed, std::uint64_t stream, std::uint64_t purpose = 0);

  std::uint64_t next() noexcept {
    const std::uint64_t result = rotl(s_[0] + s_[3], 23) + s_[0];
    const std::uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotl(s_[3], 45);
    return result;
  }

  // Uniform in [0, 1), 53 bits.
  double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  // Uniform in [0, n); n >= 1. Lemire's multiply-shift with rejection: unbiased.
  std::uint32_t below(std::uint32_t n) noexcept;

  // Uniform in [low, high], both included.
  int between(int low, int high) noexcept {
    return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1)));
  }

  // Standard normal, by the ziggurat of Marsaglia and Tsang (256 layers).
  float normal() noexcept;
  // The same numbers as that many calls of normal(), faster.
  void normals(std::span<float> out) noexcept;

 private:
  static constexpr std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

  std::array<std::uint64_t, 4> s_{};
};

}  // namespace dflare
