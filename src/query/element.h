// The element types of model tensors, and how their bytes stand for numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "dflare/preprocess.h"

namespace dflare {

enum class ElementType { kFloat32, kFloat16, kUint8, kInt8, kInt16, kInt32 };

std::string to_string(ElementType type);
std::size_t size_of(ElementType type);

// real = scale * (stored - zero_point); scale 0: the stored number is the value.
struct Quantisation {
  float scale = 0;
  int zero_point = 0;
};

// IEEE binary16, rounded to nearest, ties to even.
std::uint16_t to_half(float value);
float from_half(std::uint16_t half);

// The stored bits that stand for a value: rounded and clipped where the type is of integers (kOwn: as kEven).
std::uint32_t encode(float value, ElementType type, const Quantisation& quantisation,
                     Rounding rounding = Rounding::kEven);

// Whether that cuts the value off, by more than rounding.
bool clips(float value, ElementType type, const Quantisation& quantisation);

// Reads out.size() elements at `tensor`, dequantised.
void decode(const std::byte* tensor, ElementType type, const Quantisation& quantisation, std::span<float> out);

}  // namespace dflare
