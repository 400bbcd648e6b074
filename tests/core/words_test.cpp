// Transcripts as words.
#include "core/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dflare {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, MarksCasesAndBracketsDoNotMatter) {
  EXPECT_THAT(spoken_words("Hello, World! -- (laughs) it [noise] was \u201cfine\u201d."),
              ElementsAre("hello", "world", "it", "was", "fine"));
  EXPECT_EQ(spoken_words("GR\u00dc\u00dfE"), spoken_words("gr\u00fc\u00dfe"));
  EXPECT_THAT(spoken_words(" \t\n ...  "), IsEmpty());
}

TEST(Words, FillersAreNoWords) { EXPECT_THAT(spoken_words("Um, hmm, I uh know"), ElementsAre("i", "know")); }

TEST(Words, ContractionsAreWrittenOut) {
  EXPECT_EQ(spoken_words("I won't; they\u2019re gonna. Mr. Hale hasn't"),
            spoken_words("i will not they are going to mister hale has not"));
  EXPECT_THAT(spoken_words("the dogs' bowl"), ElementsAre("the", "dogs", "bowl"));
}

TEST(Words, NumbersKeepTheirPoint) {
  EXPECT_THAT(spoken_words("1,234.5 of 3.14, or 2."), ElementsAre("1234.5", "of", "3.14", "or", "2"));
}

TEST(Words, BytesThatAreNoUtf8SeparateWords) {
  EXPECT_THAT(spoken_words("caf\xe9 noir\xff"), ElementsAre("caf", "noir"));
}

TEST(Words, AnOpenBracketClosesNothing) { EXPECT_THAT(spoken_words("a (b c"), ElementsAre("a", "b", "c")); }

std::string drawn(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  std::string text;
  for (const WordStep& step : aligned(from, to))
    text += step.same() ? step.from + " " : step.from + ">" + step.to + " ";
  return text;
}

TEST(Words, AlignedByTheFewestEdits) {
  EXPECT_EQ(drawn({"a", "b", "c"}, {"a", "c"}), "a b> c ");
  EXPECT_EQ(drawn({"a", "c"}, {"a", "b", "c"}), "a >b c ");
  EXPECT_EQ(drawn({"the", "cat", "sat"}, {"the", "hat", "sat"}), "the cat>hat sat ");
  EXPECT_EQ(drawn({}, {"x"}), ">x ");
  EXPECT_EQ(drawn({}, {}), "");
}

}  // namespace
}  // namespace dflare
