// Sounds at another rate.
#pragma once

#include <span>
#include <vector>

namespace dflare {

// The same sound with `ratio` times as many samples, 1/256 to 256 (libsamplerate, a band-limited sinc). Throws
// kBadArgument for another ratio.
std::vector<float> resampled(std::span<const float> samples, double ratio);

}  // namespace dflare
