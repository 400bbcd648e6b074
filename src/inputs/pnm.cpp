// Portable bitmaps, greymaps and pixmaps (PBM, PGM, PPM: P1 to P6), the first image of a file, to 8 bits.
#include <algorithm>
#include <charconv>
#include <string_view>

#include "inputs/codecs.h"

namespace dflare {
namespace {

constexpr int kMostLevels = 65535;

class PnmReader {
 public:
  explicit PnmReader(const EncodedImage& image)
      : image_(image), rest_(reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size()) {}

  DecodedImage read() {
    const char kind = rest_[1];  // '1' bits, '2' grey, '3' colours as text; '4' to '6' the same as bytes
    rest_.remove_prefix(2);
    bits_ = kind == '1' || kind == '4';
    const int width = number(), height = number();
    most_ = bits_ ? 1 : number();
    if (width < 1 || height < 1 || most_ < 1 || most_ > kMostLevels) corrupt("sizes or levels out of range");
    check_pixel_count(image_, static_cast<std::size_t>(width), static_cast<std::size_t>(height));
    const Shape shape{height, width, kind == '3' || kind == '6' ? 3 : 1};
    if (kind <= '3') return {text_pixels(shape)};
    if (rest_.empty()) corrupt("it ends early");
    rest_.remove_prefix(1);  // one blank ends the header
    return {bits_ ? packed_pixels(shape) : binary_pixels(shape)};
  }

 private:
  [[noreturn]] void corrupt(const char* reason) const { throw_corrupt(image_, "PNM", reason); }

  void skip_blanks() {
    while (!rest_.empty()) {
      if (rest_[0] == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (std::string_view(" \t\r\n\v\f").find(rest_[0]) != std::string_view::npos) {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  int number() {
    skip_blanks();
    if (rest_.empty()) corrupt("it ends early");
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0) corrupt("expected a number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  // Bits of text need no blank between them.
  int bit() {
    skip_blanks();
    if (rest_.empty()) corrupt("it ends early");
    const char digit = rest_[0];
    if (digit != '0' && digit != '1') corrupt("expected 0 or 1");
    rest_.remove_prefix(1);
    return digit - '0';
  }

  [[nodiscard]] std::uint8_t level(int value) const {
    return static_cast<std::uint8_t>((std::min(value, most_) * 255 + most_ / 2) / most_);
  }

  Input text_pixels(const Shape& shape) {
    if (rest_.size() < shape.size()) corrupt("it ends early");  // a byte each at the very least: before memory is asked
    Input out(shape);
    for (std::uint8_t& pixel : out.pixels)
      pixel = bits_ ? static_cast<std::uint8_t>(bit() == 1 ? 0 : 255) : level(number());
    return out;
  }

  [[nodiscard]] std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(rest_[at]); }

  [[nodiscard]] Input packed_pixels(const Shape& shape) const {
    const std::size_t row = (static_cast<std::size_t>(shape.width) + 7) / 8;
    if (rest_.size() / row < static_cast<std::size_t>(shape.height)) corrupt("it ends early");
    Input out(shape);
    std::uint8_t* to = out.pixels.data();
    for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
      for (std::size_t x = 0; x < static_cast<std::size_t>(shape.width); ++x) {
        const bool black = (byte(y * row + x / 8) >> (7 - x % 8) & 1) != 0;
        *to++ = black ? 0 : 255;
      }
    }
    return out;
  }

  [[nodiscard]] Input binary_pixels(const Shape& shape) const {
    const std::size_t size = most_ > 255 ? 2 : 1;
    if (rest_.size() / size < shape.size()) corrupt("it ends early");
    Input out(shape);
    for (std::size_t i = 0; i < out.pixels.size(); ++i) {
      out.pixels[i] = level(size == 1 ? byte(i) : byte(2 * i) << 8 | byte(2 * i + 1));
    }
    return out;
  }

  const EncodedImage& image_;
  std::string_view rest_;
  bool bits_ = false;
  int most_ = 1;
};

}  // namespace

DecodedImage decode_pnm(const EncodedImage& image) { return PnmReader(image).read(); }

}  // namespace dflare
