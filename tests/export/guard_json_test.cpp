// A guard that is written is read again as it was; what is no guard is refused with a reason.
#include "dflare/guard_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/error.h"

namespace dflare {
namespace {

using ::testing::HasSubstr;

GuardRule small_rule() {
  return {{.score = "pair-margin",
           .classes = 2,
           .shift = {0, 0.1F, -0.2F, 0},
           .scale = {1, 2, 1.0F / 3, 1},
           .threshold = 0.7},
          {OutputKind::kProbabilities, 1.0F / 256, 1}};
}

TEST(GuardJson, WhatIsWrittenIsReadAgainExactly) {
  const GuardRule rule = small_rule();
  const GuardRule again = guard_rule_from_json(to_json(rule), "guard.json");
  EXPECT_EQ(again.guard.score, "pair-margin");
  EXPECT_EQ(again.guard.shift, rule.guard.shift);
  EXPECT_EQ(again.guard.scale, rule.guard.scale);
  EXPECT_EQ(again.guard.threshold, 0.7);
  EXPECT_EQ(again.reading.kind, OutputKind::kProbabilities);
  EXPECT_EQ(again.reading.step, 1.0F / 256);
  EXPECT_EQ(again.reading.skip_classes, 1);
}

TEST(GuardJson, AMarginNeedsNoTables) {
  const std::string text = to_json({{.classes = 10, .threshold = 1.5}, {OutputKind::kLogits, 0, 0}});
  EXPECT_THAT(text, testing::Not(HasSubstr("shift")));
  EXPECT_TRUE(guard_rule_from_json(text, "guard.json").guard.scale.empty());
}

std::string complaint(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  try {
    static_cast<void>(guard_rule_from_json(text.replace(at, from.size(), to), "some.json"));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadInput);
    return e.what();
  }
  return "none";
}

TEST(GuardJson, WhatIsNoGuardIsRefusedWithAReason) {
  const std::string good = to_json(small_rule());
  EXPECT_THAT(complaint(good, "{", "["), HasSubstr("some.json"));
  EXPECT_THAT(complaint(good, "\"threshold\"", "\"t\""), HasSubstr("threshold"));
  EXPECT_THAT(complaint(good, "pair-margin", "entropy"), HasSubstr("entropy"));
  EXPECT_THAT(complaint(good, "\"classes\":2", "\"classes\":3"), HasSubstr("another length"));
  EXPECT_THAT(complaint(good, "probs", "odds"), HasSubstr("odds"));
  EXPECT_THAT(complaint(good, "\"schema_version\":1", "\"schema_version\":2"), HasSubstr("2"));
}

}  // namespace
}  // namespace dflare
