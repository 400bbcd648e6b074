// Dithered blending in 16.16 fixed point.
#include "strategy/blend_path.h"

namespace dflare {

void BlendPath::start(InputView from, InputView to, Rng& rng) {
  from_ = from;
  to_ = to;
  dither_.resize(from.shape.size());
  std::size_t i = 0;
  for (; i + 4 <= dither_.size(); i += 4) {
    const std::uint64_t bits = rng.next();
    for (std::size_t k = 0; k < 4; ++k) dither_[i + k] = static_cast<std::uint16_t>(bits >> (16 * k));
  }
  for (std::uint64_t bits = rng.next(); i < dither_.size(); ++i, bits >>= 16)
    dither_[i] = static_cast<std::uint16_t>(bits);
}

void BlendPath::at(std::int32_t step, std::span<std::uint8_t> out) const {
  const std::uint8_t* from = from_.data;
  const std::uint8_t* to = to_.data;
  const std::uint16_t* dither = dither_.data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int32_t difference = std::int32_t{to[i]} - std::int32_t{from[i]};
    out[i] = static_cast<std::uint8_t>(from[i] + ((step * difference + dither[i]) >> 16));
  }
}

}  // namespace dflare
