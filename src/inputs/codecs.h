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

// What a file holds, before decode_image makes it grey or RGB.
struct DecodedImage {
  Input pixels;         // channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
  int orientation = 1;  // EXIF's, 1 to 8
};

DecodedImage decode_png(const EncodedImage& image);
DecodedImage decode_jpeg(const EncodedImage& image);
DecodedImage decode_webp(const EncodedImage& image);  // the first frame of an animation
DecodedImage decode_bmp(const EncodedImage& image);
DecodedImage decode_pnm(const EncodedImage& image);

// The orientation that an EXIF block names, 1 where it names none or is damaged.
int exif_orientation(std::span<const std::uint8_t> exif);

// Throws kBadInput when the size that a file announces is above the cap. Called before any pixel is unpacked.
void check_pixel_count(const EncodedImage& image, std::size_t width, std::size_t height);
// Throws kBadInput for a file of the named format that cannot be unpacked.
[[noreturn]] void throw_corrupt(const EncodedImage& image, const char* format, const char* reason);

}  // namespace dflare
