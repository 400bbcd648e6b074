// Text for people: it fits, and what comes from outside says nothing to a terminal.
#include "core/text.h"

#include <gtest/gtest.h>

namespace dflare {
namespace {

constexpr TextStyle kPlainText{};
constexpr TextStyle kColours{.colours = true};

TEST(Wrapped, LinesFitAndStandUnderEachOther) {
  EXPECT_EQ(wrapped("one two three four", 2, 11), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("", 2, 10), "  \n");
}

TEST(Wrapped, AWordThatIsTooLongStandsAlone) { EXPECT_EQ(wrapped("a bbbbbbbbbbbb c", 0, 5), "a\nbbbbbbbbbbbb\nc\n"); }

TEST(Wrapped, ACharacterOfManyBytesIsOneColumn) {
  EXPECT_EQ(columns("«ä»"), 3U);
  EXPECT_EQ(wrapped("«ä» «ö»", 0, 7), "«ä» «ö»\n");
}

TEST(TextStyle, SentencesStandIn40To100ColumnsWhateverATableMayTake) {
  EXPECT_EQ(TextStyle{}.text_width(), 100U);
  EXPECT_EQ(TextStyle{.columns = 20}.text_width(), 40U);
  EXPECT_EQ(TextStyle{.columns = 72}.text_width(), 72U);
}

TEST(Styled, BecomesAColourOnlyWhereTheStyleHasColours) {
  EXPECT_EQ(filled("{}!", styled(kColours, Style::kRed, "missed")), "\x1b[31mmissed\x1b[0m!");
  EXPECT_EQ(filled("{}!", styled(kPlainText, Style::kRed, "missed")), "missed!");
}

TEST(Filled, WhatIsFilledInCannotColourOrEndALine) {
  EXPECT_EQ(filled("{}\n", "a\x1b[31m\nb"), "a\\x1b[31m\\nb\n");
  EXPECT_EQ(filled("{}", styled(kColours, Style::kBold, "a\x1b[31m")), "\x1b[1ma\\x1b[31m\x1b[0m");
}

TEST(Filled, NumbersStayWhatTheyAre) { EXPECT_EQ(filled("{:>4}|{:.1f}", 7, 0.25), "   7|0.2"); }

TEST(ShownLines, EndsOfLinesStayAndTheRestIsEscaped) {
  EXPECT_EQ(shown_lines("one\ntwo\ttabs\n"), "one\ntwo\\ttabs\n");
  EXPECT_EQ(shown_lines("no end"), "no end\n");
  EXPECT_EQ(shown_lines(""), "");
}

}  // namespace
}  // namespace dflare
