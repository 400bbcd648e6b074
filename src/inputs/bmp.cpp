// Windows and OS/2 bitmaps: 1 to 32 bits a pixel, palettes, bit fields, run lengths.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <vector>

#include "inputs/codecs.h"

namespace dflare {
namespace {

constexpr std::size_t kFileHeader = 14;
enum Compression : std::uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3, kAlphaBitFields = 6 };

// One colour's bits within a pixel.
struct Field {
  std::uint32_t mask = 0;

  [[nodiscard]] std::uint8_t of(std::uint32_t pixel) const {
    if (mask == 0) return 0;
    const auto shift = static_cast<unsigned>(std::countr_zero(mask));
    return static_cast<std::uint8_t>(std::uint64_t{(pixel & mask) >> shift} * 255 / (mask >> shift));
  }
};

class BmpReader {
 public:
  explicit BmpReader(const EncodedImage& image) : image_(image) {}

  DecodedImage read() {
    read_header();
    check_pixel_count(image_, width_, height_);
    read_palette();
    if (compression_ == kRle8 || compression_ == kRle4) return {coloured(unpack_runs())};
    check_rows();
    if (bits_ <= 8) return {coloured(unpack_indices())};
    return {read_colours()};
  }

 private:
  [[noreturn]] void corrupt(const char* reason) const { throw_corrupt(image_, "BMP", reason); }

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > image_.bytes.size() || size > image_.bytes.size() - at) corrupt("it ends early");
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8U | image_.bytes[at + i];
    return value;
  }

  void read_header() {
    pixels_at_ = number(10, 4);
    header_ = number(kFileHeader, 4);
    const bool os2 = header_ == 12;
    if (!os2 && (header_ < 40 || header_ > 4096)) corrupt("unknown header");
    const std::size_t side = os2 ? 2 : 4;
    const std::uint32_t width = number(18, side), height = number(18 + side, side);
    top_down_ = !os2 && static_cast<std::int32_t>(height) < 0;
    width_ = width;
    height_ = top_down_ ? 0U - height : height;
    if (width_ == 0 || height_ == 0 || width_ > 0x7fffffffU || height_ > 0x7fffffffU) corrupt("no size");
    bits_ = number(18 + 2 * side + 2, 2);
    if (!os2) compression_ = number(30, 4);
    read_fields();
    const bool runs = (compression_ == kRle8 && bits_ == 8) || (compression_ == kRle4 && bits_ == 4);
    const bool fields = compression_ == kBitFields || compression_ == kAlphaBitFields;
    const bool deep = bits_ == 16 || bits_ == 32;
    const bool plain =
        compression_ == kPlain && (bits_ == 1 || bits_ == 2 || bits_ == 4 || bits_ == 8 || bits_ == 24 || deep);
    if (!runs && !(fields && deep) && !plain) corrupt("unknown kind of pixels");
  }

  void read_fields() {
    fields_ = bits_ == 16 ? std::array<Field, 4>{{{0x7c00}, {0x03e0}, {0x001f}, {}}}
                          : std::array<Field, 4>{{{0xff0000}, {0xff00}, {0xff}, {}}};
    if (compression_ != kBitFields && compression_ != kAlphaBitFields) return;
    const bool alpha = header_ >= 56 || compression_ == kAlphaBitFields;
    masks_after_header_ = header_ == 40 ? (alpha ? 16 : 12) : 0;
    for (std::size_t c = 0; c < (alpha ? 4U : 3U); ++c) fields_[c].mask = number(54 + 4 * c, 4);
  }

  void read_palette() {
    if (bits_ > 8) return;
    const std::size_t entry = header_ == 12 ? 3 : 4;
    std::size_t colours = header_ == 12 ? 0 : number(46, 4);
    if (colours == 0 || colours > 256) colours = std::size_t{1} << bits_;
    std::size_t at = kFileHeader + header_ + masks_after_header_;
    if (header_ == 12 && pixels_at_ > at) colours = std::min(colours, (pixels_at_ - at) / entry);
    for (std::size_t i = 0; i < colours; ++i, at += entry) {
      for (std::size_t c = 0; c < 3; ++c) palette_[i][2 - c] = static_cast<std::uint8_t>(number(at + c, 1));
    }
  }

  [[nodiscard]] std::size_t stride() const { return (width_ * bits_ + 31) / 32 * 4; }

  // The last row's padding may be missing.
  void check_rows() const {
    const std::size_t size = image_.bytes.size();
    const std::size_t needed = (height_ - 1) * stride() + (width_ * bits_ + 7) / 8;
    if (pixels_at_ < kFileHeader || pixels_at_ > size || needed > size - pixels_at_) corrupt("it ends early");
  }

  [[nodiscard]] const std::uint8_t* row(std::size_t y) const {
    return image_.bytes.data() + pixels_at_ + (top_down_ ? y : height_ - 1 - y) * stride();
  }

  [[nodiscard]] std::vector<std::uint8_t> unpack_indices() const {
    std::vector<std::uint8_t> indices;
    indices.reserve(width_ * height_);
    const unsigned mask = (1U << bits_) - 1;
    for (std::size_t y = 0; y < height_; ++y) {
      for (std::size_t x = 0; x < width_; ++x) {
        const std::size_t bit = x * bits_;
        indices.push_back(static_cast<std::uint8_t>(row(y)[bit / 8] >> (8 - bits_ - bit % 8) & mask));
      }
    }
    return indices;
  }

  // Runs of one index (two by turns at 4 bits), stretches as they stand, and jumps over pixels of index 0.
  [[nodiscard]] std::vector<std::uint8_t> unpack_runs() const {
    std::vector<std::uint8_t> indices(width_ * height_);
    std::size_t at = pixels_at_, x = 0, y = 0;
    const auto put = [&](std::uint8_t index) {
      const std::size_t line = top_down_ ? y : height_ - 1 - y;
      if (x < width_ && y < height_) indices[line * width_ + x] = index;
      ++x;
    };
    const auto half = [&](std::size_t from, std::size_t i) {  // the i-th index of a stretch
      if (bits_ == 8) return static_cast<std::uint8_t>(number(from + i, 1));
      return static_cast<std::uint8_t>(number(from + i / 2, 1) >> (i % 2 == 0 ? 4U : 0U) & 15U);
    };
    while (y < height_) {
      const std::uint32_t count = number(at, 1), value = number(at + 1, 1);
      at += 2;
      if (count > 0) {
        for (std::size_t i = 0; i < count; ++i) put(half(at - 1, bits_ == 8 ? 0 : i % 2));
      } else if (value == 0) {
        x = 0;
        ++y;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        x += number(at, 1);
        y += number(at + 1, 1);
        at += 2;
      } else {
        for (std::size_t i = 0; i < value; ++i) put(half(at, i));
        at += ((bits_ == 8 ? value : (value + 1) / 2) + 1) / 2 * 2;  // stretches fill whole words
      }
    }
    return indices;
  }

  [[nodiscard]] Input coloured(const std::vector<std::uint8_t>& indices) const {
    Input out(shape(3));
    std::uint8_t* to = out.pixels.data();
    for (const std::uint8_t index : indices) to = std::ranges::copy(palette_[index], to).out;
    return out;
  }

  [[nodiscard]] Input read_colours() const {
    const std::size_t channels = fields_[3].mask != 0 ? 4 : 3, size = bits_ / 8;
    Input out(shape(static_cast<int>(channels)));
    std::uint8_t* to = out.pixels.data();
    for (std::size_t y = 0; y < height_; ++y) {
      const std::uint8_t* from = row(y);
      for (std::size_t x = 0; x < width_; ++x, from += size) {
        std::uint32_t pixel = 0;
        for (std::size_t i = size; i-- > 0;) pixel = pixel << 8U | from[i];
        for (std::size_t c = 0; c < channels; ++c) *to++ = fields_[c].of(pixel);
      }
    }
    return out;
  }

  [[nodiscard]] Shape shape(int channels) const {
    return {static_cast<int>(height_), static_cast<int>(width_), channels};
  }

  const EncodedImage& image_;
  std::size_t pixels_at_ = 0, header_ = 0, masks_after_header_ = 0;
  std::size_t width_ = 0, height_ = 0, bits_ = 0;
  std::uint32_t compression_ = kPlain;
  bool top_down_ = false;
  std::array<Field, 4> fields_{};  // red, green, blue, alpha
  std::array<std::array<std::uint8_t, 3>, 256> palette_{};
};

}  // namespace

DecodedImage decode_bmp(const EncodedImage& image) { return BmpReader(image).read(); }

}  // namespace dflare
