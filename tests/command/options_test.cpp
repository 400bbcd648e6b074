// The table of options, and what it makes of texts.
#include "dflare/options.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cli/help.h"
#include "cli/verbs.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

const Flag& row(unsigned verb, const std::string& name) {
  for (const Flag* flag : flags_of(verb)) {
    if (flag->name == name) return *flag;
  }
  throw std::out_of_range(name);
}

Givens given(std::initializer_list<std::pair<std::string, std::string>> texts) {
  Givens givens;
  for (const auto& [name, text] : texts) givens.push_back({&row(kSearch, name), text});
  return givens;
}

std::string refusal(const Givens& givens) {
  try {
    resolve(givens);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    return std::string(e.what()) + "\n" + e.hint();
  }
  return {};
}

TEST(Options, NoVerbHasTwoOptionsOfOneNameOrLetter) {
  for (const Verb& verb : verbs()) {
    std::set<std::string> names;
    std::set<char> letters;
    for (const Flag* flag : flags_of(verb.set)) {
      EXPECT_TRUE(names.insert(flag->name).second) << verb.name << " has two of " << flag->name;
      const bool is_free = flag->letter == 0 || letters.insert(flag->letter).second;
      EXPECT_TRUE(is_free) << verb.name << " has two of -" << flag->letter;
    }
  }
}

TEST(Options, EveryDefaultPassesItsOwnCheck) {
  for (const Flag& flag : flag_table()) {
    if (flag.choices.empty() || !flag.default_words.empty()) continue;  // words: another option decides
    Options options;
    EXPECT_NO_THROW(assign(options, {&flag, default_text(flag)})) << flag.name;
  }
}

TEST(Options, EveryHeadingStandsOnceInTheHelpOfAVerb) {
  for (const Verb& verb : verbs()) {
    std::set<std::string> headings;
    std::string last;
    for (const Flag* flag : flags_of(verb.set)) {
      if (flag->group == last) continue;
      last = flag->group;
      EXPECT_TRUE(headings.insert(last).second) << verb.name << " has two headings " << last;
    }
  }
}

TEST(Options, ArgumentsComeFirst) {
  for (const Verb& verb : verbs()) {
    bool options_began = false;
    for (const Flag* flag : flags_of(verb.set)) {
      if (!is_argument(*flag)) options_began = true;
      EXPECT_FALSE(options_began && is_argument(*flag)) << verb.name << " " << flag->name;
    }
  }
}

TEST(Options, WhatTheStrategyDoesNotUseIsRefused) {
  EXPECT_NE(refusal(given({{"fitness", "no-state"}})).find("only with --strategy dflare"), std::string::npos);
  EXPECT_NE(refusal(given({{"strategy", "dflare"}, {"end-points", "blend"}})).find("--strategy boundary"),
            std::string::npos);
  EXPECT_NE(refusal(given({{"population", "10"}})).find("--strategy diffchaser"), std::string::npos);
  EXPECT_NE(refusal(given({{"operators", "paper"}})).find("--end-points mutate"), std::string::npos);
  EXPECT_NE(refusal(given({{"refine-queries", "10"}})).find("--refine climb"), std::string::npos);
}

TEST(Options, WhatTheStrategyUsesIsTaken) {
  EXPECT_EQ(refusal(given({{"fitness", "no-state"}, {"selection", "uniform"}, {"strategy", "dflare"}})), "");
  EXPECT_EQ(refusal(given({{"end-points", "blend"}})), "");
  EXPECT_EQ(refusal(given({{"population", "10"}, {"strategy", "diffchaser"}})), "");
  EXPECT_EQ(refusal(given({{"operators", "paper"}, {"end-points", "mutate"}})), "");
  EXPECT_EQ(refusal(given({{"operators", "paper"}, {"strategy", "random"}})), "");
  EXPECT_EQ(refusal(given({{"refine-queries", "10"}, {"refine", "shrink"}})), "");
}

TEST(Options, ALaterValueOfAnotherOptionDecidesWhetherOneHasAnEffect) {
  EXPECT_EQ(refusal(given({{"strategy", "random"}, {"fitness", "paper"}, {"strategy", "dflare"}})), "");
}

TEST(Options, TheLongHelpSaysWhatAnOptionWorksWith) {
  for (const Verb& verb : verbs()) {
    if (verb.name == "search") {
      EXPECT_NE(long_help(verb).find("[only with: --strategy diffchaser]"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace dflare::cli
