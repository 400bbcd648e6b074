// Bytes as text of seven bits a character.
#include "page/seven_bits.h"

#include <gtest/gtest.h>

#include <vector>

#include "dflare/rng.h"
#include "page/unpacked.h"

namespace dflare {
namespace {

using test::bytes_of_text;

std::vector<std::uint8_t> random_bytes(std::size_t size) {
  Rng rng(3, size);
  std::vector<std::uint8_t> bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.below(256));
  return bytes;
}

TEST(SevenBits, GiveTheSameBytesBack) {
  for (std::size_t size = 0; size < 40; ++size) {
    const auto bytes = random_bytes(size);
    std::string text;
    add_seven_bits(bytes, text);
    EXPECT_EQ(bytes_of_text(text, size), bytes) << size;
  }
}

TEST(SevenBits, HoldNothingThatEndsAScriptOrThatHtmlChanges) {
  std::string text;
  add_seven_bits(random_bytes(100'000), text);
  add_seven_bits(std::vector<std::uint8_t>(100, 0), text);
  EXPECT_EQ(text.find_first_of(std::string("\0\r<", 3)), std::string::npos);
}

TEST(SevenBits, TakeAnEighthMoreThanTheBytes) {
  std::string text;
  add_seven_bits(random_bytes(70'000), text);
  EXPECT_LE(text.size(), 80'002U);
}

}  // namespace
}  // namespace dflare
