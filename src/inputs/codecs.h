// The decoders behind decode_image, one a file format.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dflare/input.h"

namespace dflare {

// One file to decode: its bytes, the name that errors give it, the largest image that is unpacked.
struct EncodedImage {
  std::span<const std::uint8_t> bytes;
  const std::string& name;
  std::size_t max_pixels;
};

Input decode_png(const EncodedImage& image);
Input decode_jpeg(const EncodedImage& image);

// Throws kBadInput when the size that a file announces is above the cap. Called before any pixel is unpacked.
void check_pixel_count(const EncodedImage& image, std::size_t width, std::size_t height);
// Throws kBadInput for a file of the named format that cannot be unpacked.
[[noreturn]] void throw_corrupt(const EncodedImage& image, const char* format, const char* reason);

}  // namespace dflare
