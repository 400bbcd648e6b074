// What the transcript oracle makes of texts and of the scores beside them.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "dflare/error.h"
#include "dflare/oracle.h"

namespace dflare {
namespace {

constexpr std::size_t kRoom = 48;
const AnswerLayout kLayout{{"log_p", {1}}, {"said", {kRoom}, true}};

std::vector<float> row(const std::string& said, float log_p = 0) {
  std::vector<float> values(1 + kRoom);
  values[0] = log_p;
  for (std::size_t i = 0; i < said.size(); ++i) values[1 + i] = static_cast<float>(static_cast<unsigned char>(said[i]));
  return values;
}

std::shared_ptr<const Oracle> fitted(const char* spec) { return fit(*make_oracle(spec).oracle, kLayout, kLayout); }

double lead(const char* spec, const std::vector<float>& original, const std::vector<float>& compressed) {
  return fitted(spec)->lead(original, compressed);
}

TEST(TranscriptOracle, OneWordIsADifferenceAndItsSpellingIsNone) {
  EXPECT_EQ(lead("transcript", row("I won't go."), row("i will NOT go")), 1);
  EXPECT_NEAR(lead("transcript", row("a b c"), row("a x c")), -1, 1e-9);
  EXPECT_LT(lead("transcript", row("a b c"), row("a y z")), lead("transcript", row("a b c"), row("a x c")));
}

TEST(TranscriptOracle, ARateToleratesThatShareOfTheWords) {
  const auto ten = row("a b c d e f g h i j");
  EXPECT_GT(lead("transcript:0.1", ten, row("a b c d e f g h i X")), 0) << "one of ten is within";
  EXPECT_LT(lead("transcript:0.1", ten, row("a b c d e f g h X Y")), 0);
  EXPECT_GT(lead("transcript:0.1", ten, row("a b c d e f g h i")), 0) << "a word left out is one";
  EXPECT_LT(lead("transcript:0.1", ten, row("a b c d e f g h i j X Y")), 0) << "words put in count";
}

TEST(TranscriptOracle, NothingSaidOnOneSideIsADifference) {
  EXPECT_EQ(lead("transcript", row(""), row("...")), 1);
  EXPECT_LT(lead("transcript:0.9", row(""), row("hello")), 0);
  EXPECT_LT(lead("transcript:0.9", row("hello"), row("")), 0);
}

TEST(TranscriptOracle, ScoresThatDriftApartLowerTheLeadButNeverRule) {
  double before = lead("transcript", row("a b", -0.1F), row("a b", -0.1F));
  EXPECT_EQ(before, 1);
  for (const float log_p : {-0.2F, -0.5F, -3.0F, -500.0F}) {
    const double now = lead("transcript", row("a b", -0.1F), row("a b", log_p));
    EXPECT_LT(now, before) << log_p;
    EXPECT_GT(now, 0) << "the words are the same";
    before = now;
  }
  EXPECT_LT(lead("transcript", row("a b", -0.1F), row("a c", -0.1F)), 0);
  EXPECT_TRUE(std::isnan(lead("transcript", row("a", NAN), row("a"))));
}

TEST(TranscriptOracle, FactsTellBothTextsAndTheErrors) {
  const auto facts = nlohmann::json::parse(fitted("transcript")->facts(row("The cat, \"Tom\""), row("The hat")));
  EXPECT_EQ(facts.at("said_original"), "The cat, \"Tom\"");
  EXPECT_EQ(facts.at("said_compressed"), "The hat");
  EXPECT_EQ(facts.at("word_errors"), 2);
  EXPECT_EQ(facts.at("words"), 3);
  EXPECT_NEAR(facts.at("word_error_rate").get<double>(), 2.0 / 3, 1e-9);
  EXPECT_TRUE(nlohmann::json::accept(fitted("transcript")->facts(row("\xff\x01"), row("\xe9"))));
}

TEST(TranscriptOracle, OneTextIsComparedAndNumbersAreRefused) {
  const AnswerLayout numbers{{"scores", {10}}}, two{{"a", {kRoom}, true}, {"b", {kRoom}, true}},
      short_text{{"log_p", {1}}, {"said", {16}, true}};
  const OracleChoice choice = make_oracle("transcript");
  const Oracle& oracle = *choice.oracle;
  EXPECT_THROW((void)fit(oracle, numbers, numbers), Error);
  EXPECT_THROW((void)fit(oracle, two, two), Error);
  EXPECT_THROW((void)fit(oracle, kLayout, short_text), Error);
  EXPECT_THROW((void)fit(*make_oracle("value:1").oracle, kLayout, kLayout), Error);
  EXPECT_THROW((void)make_oracle("transcript:0"), Error);
  EXPECT_THROW((void)make_oracle("transcript:some"), Error);
}

}  // namespace
}  // namespace dflare
