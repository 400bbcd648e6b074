// Answers are compared by their bits, NaN apart.
#include "core/same_answers.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace dflare {
namespace {

using Row = std::vector<float>;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(SameAnswers, AreTheSameBits) {
  EXPECT_TRUE(same_answers(Row{1, 2}, Row{1, 2}));
  EXPECT_FALSE(same_answers(Row{1, 2}, Row{1, std::nextafter(2.0F, 3.0F)}));
  EXPECT_FALSE(same_answers(Row{0}, Row{-0.0F}));
  EXPECT_FALSE(same_answers(Row{1}, Row{1, 2}));
}

TEST(SameAnswers, NanIsNanWhateverItsSign) {
  EXPECT_TRUE(same_answers(Row{kNan, 1}, Row{-kNan, 1}));
  EXPECT_FALSE(same_answers(Row{kNan}, Row{1}));
  EXPECT_FALSE(same_answers(Row{kNan}, Row{std::numeric_limits<float>::infinity()}));
}

}  // namespace
}  // namespace dflare
