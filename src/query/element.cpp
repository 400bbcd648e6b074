// Halves, quantised bytes and floats.
#include "query/element.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace dflare {
namespace {

template <class T, class Convert>
void decode_as(const std::byte* tensor, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T stored;
    std::memcpy(&stored, tensor + i * sizeof(T), sizeof(T));
    out[i] = convert(stored);
  }
}

struct Range {
  float low = 0, high = 0;
};

// Of the integers; the last one of 32 bits that a float holds.
Range range_of(ElementType type) {
  switch (type) {
    case ElementType::kInt8:
      return {-128, 127};
    case ElementType::kInt16:
      return {-32768, 32767};
    case ElementType::kInt32:
      return {-0x1p31F, 0x1.fffffep30F};
    default:
      return {0, 255};
  }
}

// Rounded, not clipped.
float stored_as(float value, const Quantisation& q, Rounding rounding) {
  const float steps = q.scale > 0 ? value / q.scale : value;
  const float zero = q.scale > 0 ? static_cast<float>(q.zero_point) : 0.0F;
  switch (rounding) {
    case Rounding::kAway:
      return std::round(steps) + zero;
    case Rounding::kTruncate:
      return std::trunc(steps + zero);
    default:
      return std::nearbyint(steps) + zero;
  }
}

template <class T>
T integer_of(float value, ElementType type, const Quantisation& q, Rounding rounding) {
  const Range range = range_of(type);
  const float stored = stored_as(value, q, rounding);
  return static_cast<T>(std::isnan(stored) ? range.low : std::clamp(stored, range.low, range.high));
}

}  // namespace

std::string to_string(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kUint8:
      return "uint8";
    case ElementType::kInt8:
      return "int8";
    case ElementType::kInt16:
      return "int16";
    case ElementType::kInt32:
      return "int32";
  }
  return "unknown";
}

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kFloat16:
    case ElementType::kInt16:
      return 2;
    default:
      return 1;
  }
}

std::uint16_t to_half(float value) {
  constexpr std::uint32_t kInfinity = 0x7f800000, kRoundsToInfinity = 0x477ff000, kLeastNormal = 0x38800000;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  std::uint32_t magnitude = bits & 0x7fffffffU;
  std::uint32_t half = 0;
  if (magnitude > kInfinity) {
    half = 0x7e00;
  } else if (magnitude >= kRoundsToInfinity) {
    half = 0x7c00;
  } else if (magnitude < kLeastNormal) {
    half = static_cast<std::uint32_t>(std::nearbyint(std::abs(value) * 0x1p24F));
  } else {
    magnitude += 0xfffU + ((magnitude >> 13) & 1U);
    half = (magnitude - 0x38000000U) >> 13;
  }
  return static_cast<std::uint16_t>(sign | half);
}

float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fU;
  const std::uint32_t mantissa = half & 0x3ffU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

std::uint32_t encode(float value, ElementType type, const Quantisation& quantisation, Rounding rounding) {
  switch (type) {
    case ElementType::kFloat32:
      return std::bit_cast<std::uint32_t>(value);
    case ElementType::kFloat16:
      return to_half(value);
    case ElementType::kUint8:
      return integer_of<std::uint8_t>(value, type, quantisation, rounding);
    case ElementType::kInt8:
      return static_cast<std::uint8_t>(integer_of<std::int8_t>(value, type, quantisation, rounding));
    case ElementType::kInt16:
      return static_cast<std::uint16_t>(integer_of<std::int16_t>(value, type, quantisation, rounding));
    case ElementType::kInt32:
      return static_cast<std::uint32_t>(integer_of<std::int32_t>(value, type, quantisation, rounding));
  }
  return 0;
}

bool clips(float value, ElementType type, const Quantisation& quantisation) {
  if (type == ElementType::kFloat32) return false;
  if (type == ElementType::kFloat16) return std::isinf(from_half(to_half(value)));
  const Range range = range_of(type);
  const float stored = stored_as(value, quantisation, Rounding::kEven);
  // One step beyond is the rounding of a range that begins or ends at a pixel's darkest or brightest value.
  return !(stored >= range.low - 1 && stored <= range.high + 1);
}

void decode(const std::byte* tensor, ElementType type, const Quantisation& q, std::span<float> out) {
  const float scale = q.scale > 0 ? q.scale : 1.0F;
  const int zero = q.scale > 0 ? q.zero_point : 0;
  const auto real = [scale, zero](int stored) { return scale * static_cast<float>(stored - zero); };
  switch (type) {
    case ElementType::kFloat32:
      std::memcpy(out.data(), tensor, out.size_bytes());
      break;
    case ElementType::kFloat16:
      decode_as<std::uint16_t>(tensor, out, from_half);
      break;
    case ElementType::kUint8:
      decode_as<std::uint8_t>(tensor, out, real);
      break;
    case ElementType::kInt8:
      decode_as<std::int8_t>(tensor, out, real);
      break;
    case ElementType::kInt16:
      decode_as<std::int16_t>(tensor, out, real);
      break;
    case ElementType::kInt32:
      decode_as<std::int32_t>(tensor, out, real);
      break;
  }
}

}  // namespace dflare
