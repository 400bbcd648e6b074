// Texts as characters: Unicode code points, each well-formed UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dflare {

using Characters = std::u32string;

// Of text that is UTF-8.
Characters characters_of(std::string_view utf8);

// Writes the characters as UTF-8, zero bytes behind them. False where they do not fit: then as many as do.
bool write_characters(std::u32string_view characters, std::span<std::uint8_t> out);

// Where the text stops being UTF-8, in bytes; npos where all of it is.
std::size_t first_not_utf8(std::string_view text);

bool is_letter(char32_t c);  // of the Latin, Greek and Cyrillic alphabets
bool is_space(char32_t c);
bool is_mark(char32_t c);  // ASCII punctuation that a sentence is written with
// The other case of a letter; a letter that has none stays.
char32_t upper(char32_t c);
char32_t lower(char32_t c);

}  // namespace dflare
