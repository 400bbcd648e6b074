// Dithered blending in 16.16 fixed point.
#include "strategy/blend_path.h"

namespace dflare {

void BlendPath::start(InputView from, InputView to, Rng& rng) {
  from_ = from;
  to_ = to;
  dither_.resize(from.shape.size());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < dither_.size(); ++i, bits >>= 16) {
    if (i % 4 == 0) bits = rng.next();
    dither_[i] = static_cast<std::uint16_t>(bits);
  }
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
