// Whether two answers are the same numbers.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace dflare {

// Of two rows of raw outputs, bit for bit; but NaN is NaN: its sign and payload come from which instruction made it,
// and nobody reads them.
inline bool same_answers(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b, [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y) || (std::isnan(x) && std::isnan(y));
  });
}

}  // namespace dflare
