// Meant names, and the words for enumerations.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/nearest.h"
#include "dflare/finding.h"
#include "dflare/strategy.h"
#include "dflare/verdict.h"

namespace dflare {
namespace {

const std::vector<std::string> kOperators{"pixel-change", "gaussian-noise", "multiplicative-noise", "salt-and-pepper",
                                          "average-blur", "gaussian-blur",  "median-blur"};

TEST(NearestName, FindsWhatASlipOfTheFingerMeant) {
  EXPECT_EQ(nearest_name("dflair", std::vector<std::string>{"random", "dflare"}), "dflare");
  EXPECT_EQ(nearest_name("gausian-blur", kOperators), "gaussian-blur");
  EXPECT_EQ(nearest_name("gaussian_noise", kOperators), "gaussian-noise");
  EXPECT_EQ(nearest_name("salt-pepper", kOperators), "");  // 4 edits, and 11 letters bear 3
  EXPECT_EQ(nearest_name("medianblur", kOperators), "median-blur");
}

TEST(NearestName, GivesNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("rotate", kOperators), "");
  EXPECT_EQ(nearest_name("dflare", {}), "");
}

TEST(NearestName, ShortNamesBearTwoEdits) {
  const std::vector<std::string> names{"tf", "raw", "mnist"};
  EXPECT_EQ(nearest_name("rw", names), "raw");
  EXPECT_EQ(nearest_name("rew", names), "raw");
}

TEST(NearestName, ExactNameWins) { EXPECT_EQ(nearest_name("median-blur", kOperators), "median-blur"); }

TEST(NearestName, HintListsEveryKnownName) {
  const std::vector<std::string> names{"dflare", "random"};
  EXPECT_EQ(known_names_hint("randm", names), "did you mean 'random'? known: dflare, random");
  EXPECT_EQ(known_names_hint("boundary", names), "known: dflare, random");
}

// Files and exports rely on these words.
TEST(Words, AreThoseOfTheGlossary) {
  EXPECT_EQ(to_string(FindingKind::kCompressedLost), "compressed_lost");
  EXPECT_EQ(to_string(FindingKind::kOriginalLost), "original_lost");
  EXPECT_EQ(to_string(FindingKind::kBothChanged), "both_changed");
  EXPECT_EQ(to_string(FindingKind::kNatural), "natural");
  EXPECT_EQ(to_string(ChainEnd::kFound), "found");
  EXPECT_EQ(to_string(ChainEnd::kQueriesSpent), "queries_spent");
  EXPECT_EQ(to_string(ChainEnd::kTimeSpent), "time_spent");
  EXPECT_EQ(to_string(ChainEnd::kGaveUp), "gave_up");
}

TEST(Words, EverySeedStatusHasItsOwn) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(SeedStatus::kNotAsked); ++i)
    words.insert(to_string(static_cast<SeedStatus>(i)));
  EXPECT_EQ(words.size(), 9U);
  EXPECT_FALSE(words.contains(""));
}

}  // namespace
}  // namespace dflare
