// Text that fits.
#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/help.h"

namespace dflare::cli {
namespace {

TEST(Help, NoLineIsWiderThanTheTextMayBe) {
  for (const Verb& verb : verbs()) {
    for (const std::string& text : {short_help(verb), long_help(verb)}) {
      std::istringstream lines(text.substr(text.find("Arguments:")));
      for (std::string line; std::getline(lines, line);)
        EXPECT_LE(columns(line), style_of(stdout).text_width()) << line;
    }
  }
}

}  // namespace
}  // namespace dflare::cli
