// Text from outside, made fit to be read.
#include "core/printable.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace dflare {
namespace {

struct Range {
  char32_t first, last;
};

// Controls, marks of direction, ends of lines and paragraphs, and what is no character at all.
constexpr std::array kUnprintable{Range{0x00, 0x1f},     Range{0x7f, 0x9f},      Range{0x061c, 0x061c},
                                  Range{0x200e, 0x200f}, Range{0x2028, 0x202e},  Range{0x2066, 0x2069},
                                  Range{0xfdd0, 0xfdef}, Range{0xfeff, 0xfeff},  Range{0xfff9, 0xfffb},
                                  Range{0xfffe, 0xffff}, Range{0xe0000, 0xe007f}};

bool is_printable(char32_t c) {
  for (const Range& range : kUnprintable) {
    if (c >= range.first && c <= range.last) return false;
  }
  return true;
}

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
}

char32_t decoded(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0);
  char32_t value = byte_at(character, 0) & (0xffU >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) value = value << 6U | (byte_at(character, i) & 0x3fU);
  return value;
}

std::string escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  return c < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c))
                  : fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(c));
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0), second = byte_at(text, 1);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0U) != 0x80U) return 0;
  }
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool beyond = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      shown += fmt::format("\\x{:02x}", byte_at(text, 0));
    } else if (const char32_t c = decoded(text.substr(0, length)); is_printable(c)) {
      shown += text.substr(0, length);
    } else {
      shown += escaped(c);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

}  // namespace dflare
