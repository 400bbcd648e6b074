// Tells image formats apart by their first bytes; what all decoders check.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "dflare/error.h"
#include "dflare/seeds.h"
#include "inputs/codecs.h"

namespace dflare {
namespace {

constexpr std::array<std::uint8_t, 8> kPngMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::array<std::uint8_t, 3> kJpegMagic{0xff, 0xd8, 0xff};

bool starts_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

void check_pixel_count(const EncodedImage& image, std::size_t width, std::size_t height) {
  if (width != 0 && height > image.max_pixels / width) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: {} x {} pixels, expected at most {} in all", image.name, width, height, image.max_pixels),
        "shrink the image first");
  }
}

void throw_corrupt(const EncodedImage& image, const char* format, const char* reason) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: corrupt {} image ({})", image.name, format, reason),
              "replace or remove the file");
}

Input decode_image(std::span<const std::uint8_t> bytes, const std::string& name, std::size_t max_pixels) {
  const EncodedImage image{bytes, name, max_pixels};
  if (bytes.empty()) throw Error(ErrorCode::kBadInput, name + ": empty file, expected a PNG or JPEG image");
  if (starts_with(bytes, kPngMagic)) return decode_png(image);
  if (starts_with(bytes, kJpegMagic)) return decode_jpeg(image);
  throw Error(ErrorCode::kBadInput, name + ": not a PNG or JPEG image", "convert it to PNG");
}

}  // namespace dflare
