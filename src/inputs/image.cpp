// Tells image formats apart by their first bytes; makes what they hold grey or RGB, the right way up.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "dflare/error.h"
#include "dflare/seeds.h"
#include "inputs/codecs.h"

namespace dflare {
namespace {

using Decoder = DecodedImage (*)(const EncodedImage&);

Decoder decoder_of(std::span<const std::uint8_t> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 16));
  if (start.starts_with("\x89PNG\r\n\x1a\n")) return decode_png;
  if (start.starts_with("\xff\xd8\xff")) return decode_jpeg;
  if (start.starts_with("RIFF") && start.substr(std::min<std::size_t>(8, start.size())).starts_with("WEBP")) {
    return decode_webp;
  }
  if (start.starts_with("BM")) return decode_bmp;
  if (start.size() >= 2 && start[0] == 'P' && start[1] >= '1' && start[1] <= '6') return decode_pnm;
  return nullptr;
}

// A colour over white, as far as it is opaque; rounded to the nearest level.
std::uint8_t on_white(std::uint8_t colour, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((colour * alpha + 255 * (255 - alpha) + 127) / 255);
}

// Grey or RGB of what may have an alpha channel behind.
Input without_alpha(Input image, Alpha how) {
  if (image.shape.channels % 2 != 0) return image;
  const auto channels = static_cast<std::size_t>(image.shape.channels);
  Input out(Shape{image.shape.height, image.shape.width, image.shape.channels - 1});
  std::uint8_t* to = out.pixels.data();
  for (std::size_t at = 0; at < image.pixels.size(); at += channels) {
    const std::uint8_t alpha = how == Alpha::kDrop ? 255 : image.pixels[at + channels - 1];
    for (std::size_t c = 0; c + 1 < channels; ++c) *to++ = on_white(image.pixels[at + c], alpha);
  }
  return out;
}

// Where the viewer's pixel (x, y) stands in the file, for an image that is stored `width` x `height`.
struct Turn {
  bool swap, flip_x, flip_y;
};

Turn turn_of(int orientation) {
  constexpr std::array<Turn, 8> kTurns{{{false, false, false},
                                        {false, true, false},
                                        {false, true, true},
                                        {false, false, true},
                                        {true, false, false},
                                        {true, false, true},
                                        {true, true, true},
                                        {true, true, false}}};
  return kTurns[static_cast<std::size_t>(orientation - 1)];
}

Input turned(Input image, int orientation) {
  if (orientation == 1) return image;
  const Turn turn = turn_of(orientation);
  const int height = image.shape.height, width = image.shape.width;
  const auto channels = static_cast<std::size_t>(image.shape.channels);
  Input out(turn.swap ? Shape{width, height, image.shape.channels} : image.shape);
  std::uint8_t* to = out.pixels.data();
  for (int y = 0; y < out.shape.height; ++y) {
    for (int x = 0; x < out.shape.width; ++x) {
      const int across = turn.swap ? y : x, down = turn.swap ? x : y;
      const int from_x = turn.flip_x ? width - 1 - across : across;
      const int from_y = turn.flip_y ? height - 1 - down : down;
      const std::size_t at =
          static_cast<std::size_t>(from_y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(from_x);
      to = std::copy_n(image.pixels.data() + at * channels, channels, to);
    }
  }
  return out;
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

Input decode_image(std::span<const std::uint8_t> bytes, const std::string& name, const DecodeOptions& options) {
  if (bytes.empty()) throw Error(ErrorCode::kBadInput, name + ": empty file, expected an image");
  const Decoder decode = decoder_of(bytes);
  if (decode == nullptr) {
    throw Error(ErrorCode::kBadInput, name + ": not a PNG, JPEG, WebP, BMP or PNM image", "convert it to PNG");
  }
  DecodedImage decoded = decode({bytes, name, options.max_pixels});
  Input upright = without_alpha(std::move(decoded.pixels), options.alpha);
  return options.orientation == Orientation::kExif ? turned(std::move(upright), decoded.orientation) : upright;
}

}  // namespace dflare
