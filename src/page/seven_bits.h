// Bytes as text inside an HTML script: seven bits a byte of UTF-8, where base64 has six.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace dflare {

// Appends the bytes, most significant bit first, as characters of seven bits each, the last filled up with zeros. Three
// characters would not survive in HTML or end the script: NUL, CR and '<'. In the place of number i of them stands
// U+0100 + 128 i + the next seven bits, which takes two bytes for fourteen bits.
void add_seven_bits(std::span<const std::uint8_t> bytes, std::string& text);

}  // namespace dflare
