// What is done to texts: each operator and corruption does what it says, and all leave UTF-8.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/characters.h"
#include "dflare/budget.h"
#include "dflare/corruptions.h"
#include "dflare/operators.h"
#include "mutate/keyboard.h"
#include "support/texts.h"

namespace dflare {
namespace {

constexpr const char* kText = "Is the Caf\u00e9 open, or not? \u041f\u0440\u0438\u0432\u0435\u0442 5 \U0001f600!";

std::string mutant(const char* name, std::uint64_t key, const char* of = kText) {
  const Input seed = toy::text_input(of);
  Input out(seed.shape);
  Rng rng(key, 0);
  make_operators(name, InputKind::kText).front()->apply(seed.view(), out.pixels, rng);
  return std::string(out.view().text());
}

std::string corrupted(const char* name, double t, const char* of = kText, std::uint64_t key = 1) {
  const auto& all = corruptions(text_form().get());
  const auto corruption = std::ranges::find(all, std::string_view(name), [](const auto& c) { return c->name(); });
  const Input seed = toy::text_input(of);
  Input out(seed.shape);
  (*corruption)->apply(seed.view(), t, key, out.pixels);
  return std::string(out.view().text());
}

double edits_of(const std::string& text) {
  return distance(toy::text_input(kText).view(), toy::text_input(text).view()).linf;
}

TEST(TextOperators, MakeOneSlipEachAndLeaveUtf8) {
  for (const std::string& name : operator_names(InputKind::kText)) {
    std::set<std::string> seen;
    for (std::uint64_t key = 0; key < 200; ++key) {
      const std::string text = mutant(name.c_str(), key);
      ASSERT_EQ(first_not_utf8(text), std::string::npos) << name;
      ASSERT_LE(edits_of(text), name == "swap" ? 2 : name == "case" ? 6 : 1) << name << ": " << text;
      seen.insert(text);
    }
    EXPECT_GT(seen.size(), name == "punctuation" ? 15U : 5U) << name << " draws its place";
  }
}

TEST(TextOperators, TyposSlipToTheKeyBeside) {
  EXPECT_EQ(std::set<char32_t>(keys_beside(U's').begin(), keys_beside(U's').end()),
            (std::set<char32_t>{U'a', U'd', U'w', U'e', U'x', U'z'}));
  EXPECT_EQ(keys_beside(U'P'), U"O0L") << "in the letter's case, and no key beyond the row";
  EXPECT_TRUE(keys_beside(U'\u00e9').empty());
  for (std::uint64_t key = 0; key < 50; ++key) {
    EXPECT_NE(std::string("qweadzxs").find(mutant("typo", key, "s")), std::string::npos);
  }
}

TEST(TextOperators, NothingIsLeftEmptyOrTooLong) {
  for (const std::string& name : operator_names(InputKind::kText)) {
    for (std::uint64_t key = 0; key < 50; ++key) {
      EXPECT_FALSE(mutant(name.c_str(), key, "a").empty()) << name;
      EXPECT_FALSE(mutant(name.c_str(), key, "!").empty()) << name;
      const std::string full(toy::kTextRoom, 'x');
      EXPECT_LE(mutant(name.c_str(), key, full.c_str()).size(), toy::kTextRoom) << name;
    }
  }
}

TEST(TextCorruptions, DoWhatTheySay) {
  EXPECT_EQ(corrupted("lower-case", 1, "Ab C"), "ab c");
  EXPECT_EQ(corrupted("upper-case", 1, "Ab \u00fc"), "AB \u00dc");
  EXPECT_EQ(corrupted("no-punctuation", 1, "Well, no!"), "Well no");
  EXPECT_EQ(corrupted("joined-words", 1, "a b  c"), "abc");
  EXPECT_EQ(corrupted("repeated-marks", 0.5, "No! Why?"), "No!!!! Why????");
  EXPECT_EQ(corrupted("drops", 0.01, "ab").size(), 1U) << "one slip at least";
  EXPECT_EQ(corrupted("swaps", 1e-3, "ab"), "ba");
  EXPECT_EQ(corrupted("doubles", 1e-3, "a"), "aa");
}

TEST(TextCorruptions, SlipsComeOneByOneAsStrengthGrows) {
  for (const char* name : {"typos", "drops", "doubles", "look-alikes", "split-words"}) {
    double before = 0;
    for (double t = 0.05; t <= 1; t += 0.05) {
      const double now = edits_of(corrupted(name, t));
      EXPECT_GE(now, before - 1) << name << " at " << t;  // two slips may make one edit
      before = now;
    }
    EXPECT_GT(before, 2) << name;
    EXPECT_EQ(edits_of(corrupted(name, 1e-6)), 1) << name << " begins with one";
  }
}

TEST(TextCorruptions, WhereThereIsNothingToDoTheTextStays) {
  EXPECT_EQ(corrupted("lower-case", 1, "abc"), "abc");
  EXPECT_EQ(corrupted("no-punctuation", 1, "?!"), "?!") << "nothing would be left";
  EXPECT_EQ(corrupted("joined-words", 1, "one"), "one");
}

}  // namespace
}  // namespace dflare
