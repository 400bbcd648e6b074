// How a camera was held, from EXIF: a TIFF directory of tags, of which one matters here.
#include <optional>

#include "inputs/codecs.h"

namespace dflare {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3, kLong = 4;

class TiffBytes {
 public:
  TiffBytes(std::span<const std::uint8_t> bytes, bool little_endian) : bytes_(bytes), little_(little_endian) {}

  // `size` bytes from `at` on as a number; nothing past the end.
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | bytes_[at + (little_ ? size - 1 - i : i)];
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool little_;
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> exif) {
  constexpr std::size_t kEntry = 12;
  if (exif.size() >= 6 && exif[0] == 'E' && exif[1] == 'x') exif = exif.subspan(6);  // "Exif\0\0", as in JPEG
  if (exif.size() < 8 || exif[0] != exif[1] || (exif[0] != 'I' && exif[0] != 'M')) return 1;
  const TiffBytes tiff(exif, exif[0] == 'I');
  const std::size_t directory = tiff.number(4, 4).value_or(0);
  const std::size_t entries = tiff.number(directory, 2).value_or(0);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntry;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const std::uint32_t type = tiff.number(entry + 2, 2).value_or(0);
    const std::uint32_t value = tiff.number(entry + 8, type == kLong ? 4 : 2).value_or(1);
    const bool known = (type == kShort || type == kLong) && value >= 1 && value <= 8;
    return known ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace dflare
