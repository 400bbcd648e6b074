// Arithmetic on the numbers of arrays. A level is 1/255 of a number's range, so that what is said in grey levels of
// images holds for arrays too.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/sound.h"
#include "dflare/input.h"

namespace dflare {

inline bool is_array(const Shape& shape) { return shape.form != nullptr && shape.form->kind == InputKind::kArray; }
inline bool is_text(const Shape& shape) { return shape.form != nullptr && shape.form->kind == InputKind::kText; }
inline bool is_sound(const Shape& shape) { return shape.form != nullptr && shape.form->kind == InputKind::kAudio; }
// Of images and arrays: values that can be moved by themselves, each along a slope of its own.
inline bool has_slopes(const Shape& shape) { return !is_text(shape) && !is_sound(shape); }
inline bool has_slopes(InputKind kind) { return kind == InputKind::kImage || kind == InputKind::kArray; }
inline InputKind kind_of(const Shape& shape) { return shape.form == nullptr ? InputKind::kImage : shape.form->kind; }

// The numbers of an array that is being written.
inline std::span<float> numbers_of(std::span<std::uint8_t> bytes) {
  return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

inline double level_of(const ArrayForm& form, std::size_t i) { return form.range(i) / 255.0; }

// What number i becomes when it is to be `wanted`: within its range, and rounded where numbers are whole. NaN becomes
// the least; there is no -0 among whole numbers.
inline float settled(const ArrayForm& form, std::size_t i, double wanted) {
  const double rounded = form.whole ? std::nearbyint(wanted) + 0.0 : wanted;
  if (!(rounded > form.low[i])) return form.low[i];
  return static_cast<float>(std::min<double>(rounded, form.high[i]));
}

// Writes an array made from `from`, whose shape it has: number i becomes wanted(i, number, level), settled. The two may
// be one.
template <class Wanted>
void fill_array(InputView from, std::span<std::uint8_t> out, Wanted&& wanted) {
  const ArrayForm& form = *from.shape.form;
  const std::span<const float> in = from.numbers();
  const std::span<float> to = numbers_of(out);
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = settled(form, i, wanted(i, static_cast<double>(in[i]), level_of(form, i)));
  }
}

// The same input, its values that many times nearer to 0 (of an image) or to their least (of an array); of a text its
// beginning, that many times shorter; of a sound itself, that many times quieter.
inline void write_darker(InputView in, int divisor, std::span<std::uint8_t> out) {
  if (is_array(in.shape)) {
    const ArrayForm& form = *in.shape.form;
    fill_array(in, out,
               [&](std::size_t i, double value, double) { return form.low[i] + (value - form.low[i]) / divisor; });
    return;
  }
  if (is_sound(in.shape)) {
    write_sound(
        in.samples(), [divisor](double sample) { return sample / divisor; }, out);
    return;
  }
  if (is_text(in.shape)) {
    std::size_t end = in.text().size() / static_cast<std::size_t>(divisor);
    while (end > 0 && (in.data[end] & 0xc0U) == 0x80U) --end;  // not within a character
    std::ranges::fill(std::ranges::copy(in.pixels().first(end), out.begin()).out, out.end(), std::uint8_t{0});
    return;
  }
  std::ranges::transform(in.pixels(), out.begin(),
                         [divisor](std::uint8_t level) { return static_cast<std::uint8_t>(level / divisor); });
}

}  // namespace dflare
