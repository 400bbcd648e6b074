// UTF-8 to code points and back; what kind of character one is.
#include "core/characters.h"

#include <algorithm>
#include <array>

#include "core/printable.h"

namespace dflare {
namespace {

// Letters with a lower-case twin at a fixed distance.
struct Alphabet {
  char32_t first, last;  // upper case
  char32_t apart;
};
constexpr std::array kAlphabets{Alphabet{U'A', U'Z', 0x20},  // Latin, with accents, Greek, Cyrillic
                                Alphabet{0xc0, 0xd6, 0x20},   Alphabet{0xd8, 0xde, 0x20},
                                Alphabet{0x391, 0x3a1, 0x20}, Alphabet{0x3a3, 0x3a9, 0x20},
                                Alphabet{0x400, 0x40f, 0x50}, Alphabet{0x410, 0x42f, 0x20}};

std::size_t length_of(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

void put(char32_t c, std::size_t length, std::uint8_t* to) {
  constexpr std::array<std::uint8_t, 5> kLead{0, 0, 0xc0, 0xe0, 0xf0};
  for (std::size_t i = length; i-- > 1; c >>= 6U) to[i] = static_cast<std::uint8_t>(0x80U | (c & 0x3fU));
  to[0] = static_cast<std::uint8_t>(kLead[length] | c);
}

}  // namespace

Characters characters_of(std::string_view utf8) {
  Characters characters;
  characters.reserve(utf8.size());
  for (std::size_t length = 0; !utf8.empty(); utf8.remove_prefix(length)) {
    length = std::max<std::size_t>(utf8_length(utf8), 1);
    const auto first = static_cast<std::uint8_t>(utf8.front());
    char32_t c = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) c = c << 6U | (static_cast<std::uint8_t>(utf8[i]) & 0x3fU);
    characters.push_back(c);
  }
  return characters;
}

bool write_characters(std::u32string_view characters, std::span<std::uint8_t> out) {
  std::size_t at = 0;
  bool fits = true;
  for (const char32_t c : characters) {
    const std::size_t length = length_of(c);
    fits = at + length <= out.size();
    if (!fits) break;
    put(c, length, out.data() + at);
    at += length;
  }
  std::ranges::fill(out.subspan(at), std::uint8_t{0});
  return fits;
}

std::size_t first_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

bool is_letter(char32_t c) { return upper(c) != c || lower(c) != c; }

bool is_space(char32_t c) { return c == U' ' || c == U'\t' || c == 0xa0 || c == 0x3000; }

bool is_mark(char32_t c) { return std::u32string_view(U".,;:!?'\"-()").find(c) != std::u32string_view::npos; }

char32_t upper(char32_t c) {
  for (const Alphabet& a : kAlphabets) {
    if (c >= a.first + a.apart && c <= a.last + a.apart) return c - a.apart;
  }
  return c;
}

char32_t lower(char32_t c) {
  for (const Alphabet& a : kAlphabets) {
    if (c >= a.first && c <= a.last) return c + a.apart;
  }
  return c;
}

}  // namespace dflare
