// The most probable labels of an answer, and as a run keeps them.
#include "dflare/top_answers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dflare {
namespace {

TopLabels top_of(const std::vector<float>& raw) {
  Answers answers;
  std::ranges::copy(raw, answers.prepare(1, raw.size()).begin());
  answers.interpret({});
  return top_labels(answers[0]);
}

std::vector<int> labels_of(const TopLabels& top) {
  std::vector<int> labels;
  for (const LabelScore& score : top) labels.push_back(score.label);
  return labels;
}

TEST(TopLabels, AreTheFiveMostProbableFallingAndEqualOnesByIndex) {
  const TopLabels top = top_of({0.05F, 0.3F, 0.1F, 0.3F, 0.05F, 0.15F, 0.05F});
  EXPECT_EQ(labels_of(top), (std::vector<int>{1, 3, 5, 2, 0}));
  EXPECT_FLOAT_EQ(static_cast<float>(top[2].p), 0.15F);
}

TEST(TopLabels, OfFewClassesAreAllOfThem) { EXPECT_EQ(labels_of(top_of({0.25F, 0.75F})), (std::vector<int>{1, 0})); }

TEST(TopLabels, OfAnAnswerThatIsNotFiniteAreNone) { EXPECT_TRUE(top_of({0.5F, NAN}).empty()); }

TEST(TopAnswers, ComeBackFromTheirText) {
  const TopAnswers answers{{{3, 0.91234567}, {1, 1e-9}}, {{1, 1}}, {}, {{999, 0.5}}};
  const auto again = top_answers_of(to_text(answers));
  ASSERT_TRUE(again);
  EXPECT_EQ(labels_of(again->original), (std::vector<int>{3, 1}));
  EXPECT_NEAR(again->original[0].p, 0.9123, 1e-4);
  EXPECT_NEAR(again->original[1].p, 1e-9, 1e-12);
  EXPECT_EQ(again->compressed[0].p, 1);
  EXPECT_TRUE(again->seed_original.empty());
  EXPECT_EQ(again->seed_compressed[0].label, 999);
}

TEST(TopAnswers, AreNotMadeOfAnotherText) {
  for (const char* text :
       {"", "{}", "[1]", R"({"original":[[1]],"compressed":[],"seed_original":[],"seed_compressed":[]})"})
    EXPECT_FALSE(top_answers_of(text)) << text;
}

}  // namespace
}  // namespace dflare
