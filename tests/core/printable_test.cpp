// Foreign text is made fit to be read, and what is fit already stays.
#include "core/printable.h"

#include <gtest/gtest.h>

#include "core/json_text.h"

#include <nlohmann/json.hpp>

namespace dflare::test {
namespace {

using namespace std::string_literals;

TEST(Printable, WordsOfAnyLanguageStay) {
  for (const char* text : {"", "cat.png", "a b\\c", "Müller/猫.png", "😀"}) EXPECT_EQ(printable(text), text);
}

TEST(Printable, NothingReachesATerminalThatItWouldObey) {
  EXPECT_EQ(printable("\x1b[2Jgone\x07"), R"(\x1b[2Jgone\x07)");
  EXPECT_EQ(printable("a\nhint: run this\r\t"), R"(a\nhint: run this\x0d\t)");
  EXPECT_EQ(printable("\xc2\x9b"s + "31m"), R"(\u{009b}31m)") << "CSI in one character";
  EXPECT_EQ(printable("gpj.\u202egnp"), R"(gpj.\u{202e}gnp)") << "direction of writing";
  EXPECT_EQ(printable("a\0b"s), R"(a\x00b)");
}

TEST(Printable, BytesThatAreNotUtf8AreTold) {
  EXPECT_EQ(printable("caf\xe9.png"), R"(caf\xe9.png)");
  EXPECT_EQ(printable("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82"),
            R"(\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82)")
      << "overlong, a surrogate, beyond Unicode, cut";
}

TEST(Printable, TwiceIsOnce) {
  const std::string once = printable("\x1b\n\xff");
  EXPECT_EQ(printable(once), once);
}

TEST(JsonText, HoldsAnyNameAndGivesItBack) {
  for (const std::string& name :
       {"cat.png"s, "a\\b"s, "M\xc3\xbcller"s, "caf\xe9"s, R"(\xe9)"s, R"(\x5c\)"s, "\xff\\x00\xfe"s}) {
    const std::string text = json_text({{"name", utf8_of(name)}});
    EXPECT_EQ(bytes_of(nlohmann::ordered_json::parse(text).at("name").get<std::string>()), name);
  }
}

TEST(JsonText, IsWhatDumpGivesWhereAllIsUtf8) {
  const nlohmann::ordered_json json = {{"a", {1, 2.5, nullptr, true}}, {"ü", {{"b", "x\ny"}}}};
  EXPECT_EQ(json_text(json), json.dump());
  EXPECT_EQ(json_text(json, 2), json.dump(2));
}

TEST(JsonText, KeysAndNestedTextsToo) { EXPECT_EQ(json_text({{"k\xff", {"v\xfe"}}}), R"({"k\\xff":["v\\xfe"]})"); }

}  // namespace
}  // namespace dflare::test
