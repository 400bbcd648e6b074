// What JPEG compression of a given quality does to an image.
#pragma once

#include <cstdint>
#include <span>

#include "dflare/input.h"

namespace dflare {

// Encodes `in` as JPEG of `quality` (1..100, 4:2:0 for colour) and decodes it to `out`. Throws kModelFailed never; the
// codec cannot fail on an image that is in memory but for want of memory (std::bad_alloc).
void jpeg_round_trip(InputView in, int quality, std::span<std::uint8_t> out);

}  // namespace dflare
