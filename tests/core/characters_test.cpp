// Texts as characters, and the edits between two of them.
#include "core/characters.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/text_edits.h"

namespace dflare {
namespace {

std::string written(std::u32string_view characters, std::size_t room) {
  std::vector<std::uint8_t> out(room, 0xff);
  write_characters(characters, out);
  std::string text(out.begin(), out.end());
  return text.substr(0, text.find('\0'));
}

TEST(Characters, EveryLengthOfUtf8ComesBack) {
  const std::string text = "a\u00e9\u20ac\U0001f600.";
  EXPECT_EQ(characters_of(text), U"a\u00e9\u20ac\U0001f600.");
  EXPECT_EQ(written(characters_of(text), 32), text);
}

TEST(Characters, WhatDoesNotFitEndsAtACharacter) {
  std::array<std::uint8_t, 3> out{};
  EXPECT_FALSE(write_characters(U"ab\u20ac", out));
  EXPECT_EQ(out, (std::array<std::uint8_t, 3>{'a', 'b', 0}));
  EXPECT_TRUE(write_characters(U"\u20ac", out));
}

TEST(Characters, WhatIsNoUtf8IsFound) {
  EXPECT_EQ(first_not_utf8("gr\u00fc\u00df"), std::string::npos);
  EXPECT_EQ(first_not_utf8("gr\xfc"), 2U);
  EXPECT_EQ(first_not_utf8("\xed\xa0\x80"), 0U) << "half of a surrogate pair";
  EXPECT_EQ(first_not_utf8("a\xc0\x80"), 1U) << "longer than need be";
}

TEST(Characters, CasesOfLettersBeyondAscii) {
  EXPECT_EQ(upper(U'\u00e4'), U'\u00c4');
  EXPECT_EQ(lower(U'\u0416'), U'\u0436');
  EXPECT_EQ(upper(U'\u00f7'), U'\u00f7') << "a division sign is no letter";
  EXPECT_FALSE(is_letter(U'7'));
}

std::string after(const TextEdits& edits, const std::vector<bool>& done) {
  std::vector<std::uint8_t> out(64, 0xff);
  edits.write(done, out);
  std::string text(out.begin(), out.end());
  return text.substr(0, text.find('\0'));
}

TEST(TextEdits, AreTheFewest) {
  EXPECT_EQ(TextEdits("kitten", "sitting").count(), 3U);
  EXPECT_EQ(TextEdits("gr\u00fcn", "green").count(), 2U) << "characters count, not bytes";
  EXPECT_EQ(TextEdits("", "abc").count(), 3U);
  EXPECT_EQ(TextEdits("same", "same").count(), 0U);
}

TEST(TextEdits, AnyPartOfThemCanBeDone) {
  const TextEdits edits("kitten", "sitting");
  EXPECT_EQ(after(edits, {false, false, false}), "kitten");
  EXPECT_EQ(after(edits, {true, false, false}), "sitten");
  EXPECT_EQ(after(edits, {false, false, true}), "kitteng");
  EXPECT_EQ(after(edits, {true, true, true}), "sitting");
}

TEST(TextEdits, AreOfTheTextsBetweenTheirCommonEnds) {
  const TextEdits edits("one two three", "one 2 three");
  EXPECT_EQ(edits.count(), 3U);
  EXPECT_EQ(edits.longest(), 13U);
  EXPECT_EQ(after(edits, {true, true, true}), "one 2 three");
}

}  // namespace
}  // namespace dflare
