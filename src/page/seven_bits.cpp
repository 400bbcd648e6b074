// Bytes as text inside an HTML script.
#include "page/seven_bits.h"

#include <array>
#include <cstddef>

namespace dflare {
namespace {

constexpr std::array<unsigned, 3> kUnfit{0, '\r', '<'};
constexpr unsigned kFirstPair = 0x100;  // beyond the control characters of Latin-1

class SevenBits {
 public:
  explicit SevenBits(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool any() const { return at_ < 8 * bytes_.size(); }
  unsigned next() {
    unsigned bits = 0;
    for (int i = 0; i < 2; ++i) bits = bits << 8U | byte(at_ / 8 + static_cast<std::size_t>(i));
    const unsigned shift = 9 - at_ % 8;
    at_ += 7;
    return bits >> shift & 0x7FU;
  }

 private:
  [[nodiscard]] unsigned byte(std::size_t i) const { return i < bytes_.size() ? bytes_[i] : 0; }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;  // in bits
};

}  // namespace

void add_seven_bits(std::span<const std::uint8_t> bytes, std::string& text) {
  text.reserve(text.size() + bytes.size() / 7 * 8 + 16);
  for (SevenBits rest(bytes); rest.any();) {
    const unsigned bits = rest.next();
    std::size_t unfit = 0;
    while (unfit < kUnfit.size() && kUnfit[unfit] != bits) ++unfit;
    if (unfit == kUnfit.size()) {
      text += static_cast<char>(bits);
      continue;
    }
    const unsigned pair = kFirstPair + 128 * static_cast<unsigned>(unfit) + (rest.any() ? rest.next() : 0);
    text += static_cast<char>(0xC0U | pair >> 6U);
    text += static_cast<char>(0x80U | (pair & 0x3FU));
  }
}

}  // namespace dflare
