// Dithered blending in 16.16 fixed point.
#include "strategy/blend_path.h"

#include <algorithm>
#include <numeric>

#include "core/array_values.h"

namespace dflare {

void BlendPath::start(InputView from, InputView to, Rng& rng) {
  from_ = from;
  to_ = to;
  if (is_text(from.shape)) return start_text(rng);
  if (is_sound(from.shape)) return;
  dither_.resize(from.shape.size());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < dither_.size(); ++i, bits >>= 16) {
    if (i % 4 == 0) bits = rng.next();
    dither_[i] = static_cast<std::uint16_t>(bits);
  }
}

void BlendPath::start_text(Rng& rng) {
  edits_ = TextEdits(from_.text(), to_.text());
  turn_.resize(edits_.count());
  std::iota(turn_.begin(), turn_.end(), 0U);
  for (std::size_t i = turn_.size(); i > 1; --i)
    std::swap(turn_[i - 1], turn_[rng.below(static_cast<std::uint32_t>(i))]);
}

void BlendPath::write_text(std::int32_t step, std::span<std::uint8_t> out) const {
  const auto turns = static_cast<std::uint32_t>((turn_.size() * static_cast<std::uint64_t>(step) + kEnd / 2) / kEnd);
  std::vector<bool> done(turn_.size());
  for (std::size_t i = 0; i < done.size(); ++i) done[i] = turn_[i] < turns;
  edits_.write(done, out);
}

// Real numbers need no dither; whole ones get what pixels get. Computed such that both ends are exact.
void BlendPath::write_array(std::int32_t step, std::span<std::uint8_t> out) const {
  const bool whole = from_.shape.form->whole;
  const std::span<const float> to = to_.numbers();
  const double t = t_at(step);
  fill_array(from_, out, [&](std::size_t i, double value, double) {
    if (step == kEnd) return static_cast<double>(to[i]);
    const double wanted = value + t * (to[i] - value);
    return whole ? std::floor(wanted + dither_[i] / 65536.0) : wanted;
  });
}

// A mixture, as long as the longer one. Computed such that both ends are exact.
void BlendPath::write_sound_at(std::int32_t step, std::span<std::uint8_t> out) const {
  if (step <= 0 || step == kEnd) {
    std::ranges::copy((step <= 0 ? from_ : to_).pixels(), out.begin());
    return;
  }
  const std::span<const std::int16_t> from = from_.samples(), to = to_.samples();
  std::vector<double> mixed(std::max(from.size(), to.size()));
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    mixed[i] = sample_at(from, i) + t_at(step) * (sample_at(to, i) - sample_at(from, i));
  }
  write_sound(std::span<const double>(mixed), out);
}

void BlendPath::at(std::int32_t step, std::span<std::uint8_t> out) const {
  if (is_text(from_.shape)) return write_text(step, out);
  if (is_sound(from_.shape)) return write_sound_at(step, out);
  if (is_array(from_.shape)) return write_array(step, out);
  const std::uint8_t* from = from_.data;
  const std::uint8_t* to = to_.data;
  const std::uint16_t* dither = dither_.data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int32_t difference = std::int32_t{to[i]} - std::int32_t{from[i]};
    out[i] = static_cast<std::uint8_t>(from[i] + ((step * difference + dither[i]) >> 16));
  }
}

}  // namespace dflare
