// Text that fits.
#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/help.h"

namespace dflare::cli {
namespace {

TEST(Wrapped, LinesFitAndStandUnderEachOther) {
  EXPECT_EQ(wrapped("one two three four", 2, 11), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("", 2, 10), "  \n");
}

TEST(Wrapped, AWordThatIsTooLongStandsAlone) { EXPECT_EQ(wrapped("a bbbbbbbbbbbb c", 0, 5), "a\nbbbbbbbbbbbb\nc\n"); }

TEST(Wrapped, ACharacterOfManyBytesIsOneColumn) {
  EXPECT_EQ(columns("«ä»"), 3U);
  EXPECT_EQ(wrapped("«ä» «ö»", 0, 7), "«ä» «ö»\n");
}

TEST(Help, NoLineIsWiderThanTheTextMayBe) {
  for (const Verb& verb : verbs()) {
    for (const std::string& text : {short_help(verb), long_help(verb)}) {
      std::istringstream lines(text.substr(text.find("Arguments:")));
      for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), text_width(stdout)) << line;
    }
  }
}

}  // namespace
}  // namespace dflare::cli
