// Median over square windows.
#pragma once

#include <cstdint>
#include <span>

#include "dflare/input.h"

namespace dflare {

// Median of each channel over size x size neighbours, size odd and <= 15; the border repeats. Same as OpenCV's.
void median_filter(InputView in, int size, std::span<std::uint8_t> out);

}  // namespace dflare
