// Slips of the hand: which keys lie beside another.
#pragma once

#include <string_view>

namespace dflare {

// The keys next to that of an ASCII letter or digit (QWERTY), in the letter's case; empty for other characters.
std::u32string_view keys_beside(char32_t c);

}  // namespace dflare
