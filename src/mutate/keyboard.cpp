// QWERTY, row by row.
#include "mutate/keyboard.h"

#include <array>
#include <string>

#include "core/characters.h"

namespace dflare {
namespace {

constexpr std::array<std::u32string_view, 4> kRows{U"1234567890", U"qwertyuiop", U"asdfghjkl", U"zxcvbnm"};

void add(std::size_t row, std::size_t at, std::u32string& keys) {
  if (row < kRows.size() && at < kRows[row].size()) keys += kRows[row][at];
}

// To both sides, and above and below: rows are set off by about half a key to the right.
std::u32string beside(std::size_t row, std::size_t at) {
  std::u32string keys;
  add(row, at - 1, keys);  // wraps to what is no place
  add(row, at + 1, keys);
  add(row - 1, at, keys);
  add(row - 1, at + 1, keys);
  add(row + 1, at, keys);
  add(row + 1, at - 1, keys);
  return keys;
}

using Keys = std::array<std::u32string, 128>;

Keys make_keys() {
  Keys all;
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    for (std::size_t at = 0; at < kRows[row].size(); ++at) {
      const char32_t c = kRows[row][at];
      all[c] = beside(row, at);
      if (upper(c) == c) continue;
      for (const char32_t key : all[c]) all[upper(c)] += upper(key);
    }
  }
  return all;
}

}  // namespace

std::u32string_view keys_beside(char32_t c) {
  static const Keys all = make_keys();
  return c < all.size() ? std::u32string_view(all[c]) : std::u32string_view{};
}

}  // namespace dflare
