// Sounds that are being written.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>

namespace dflare {

// Rounded, and clipped to what 16 bits hold; NaN becomes silence.
inline std::int16_t to_sample(double wanted) {
  if (!(wanted == wanted)) return 0;
  return static_cast<std::int16_t>(std::lrint(std::clamp(wanted, -32768.0, 32767.0)));
}

// Writes a sound of those samples, each as value(sample), into `out`, the bytes of an input; what it has no room for is
// cut off. The samples may be those of `out`.
template <class T, class Value>
void write_sound(std::span<const T> samples, Value&& value, std::span<std::uint8_t> out) {
  const std::size_t room = (out.size() - sizeof(std::uint32_t)) / sizeof(std::int16_t);
  const std::span<std::int16_t> to(reinterpret_cast<std::int16_t*>(out.data() + sizeof(std::uint32_t)), room);
  const auto count = static_cast<std::uint32_t>(std::min(samples.size(), room));
  for (std::size_t i = 0; i < count; ++i) to[i] = to_sample(value(static_cast<double>(samples[i])));
  std::ranges::fill(to.subspan(count), std::int16_t{0});
  std::memcpy(out.data(), &count, sizeof count);
}

// The same of samples as they are.
template <class T>
void write_sound(std::span<const T> samples, std::span<std::uint8_t> out) {
  write_sound(
      samples, [](double sample) { return sample; }, out);
}

// Sample i of a sound that goes on in silence.
inline double sample_at(std::span<const std::int16_t> samples, std::size_t i) {
  return i < samples.size() ? samples[i] : 0;
}

}  // namespace dflare
