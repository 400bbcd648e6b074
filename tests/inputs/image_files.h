// Image files made by code: what a user may hand in, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dflare::test {

using Bytes = std::vector<std::uint8_t>;

// A PNG of any kind, straight from libpng. `rows` holds the samples as PNG stores them (big-endian for 16 bits).
struct PngFile {
  int width = 1, height = 1;
  int bit_depth = 8;
  int colour_type = 0;  // PNG_COLOR_TYPE_...
  Bytes rows;
  Bytes palette;              // R, G, B for each entry
  Bytes palette_alpha;        // tRNS of the palette
  int transparent_grey = -1;  // tRNS of a grey image
  bool interlaced = false;
};
Bytes make_png(const PngFile& file);

// A JPEG from libjpeg, quality 100. `pixels` in the colours given, 1, 3 or 4 a pixel.
struct JpegFile {
  int width = 16, height = 16;
  int colours = 2;  // J_COLOR_SPACE of the pixels: JCS_GRAYSCALE, JCS_RGB, JCS_CMYK
  int stored = -1;  // J_COLOR_SPACE of the file; -1: libjpeg's choice
  bool adobe_marker = true;
  bool progressive = false;
  Bytes pixels;
};
Bytes make_jpeg(const JpegFile& file);

// A PNG that announces a size and holds no such pixels: its header is right, its data is not.
Bytes png_announcing(std::uint32_t width, std::uint32_t height);

}  // namespace dflare::test
