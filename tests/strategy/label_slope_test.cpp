// Slopes are learnt from few answers.
#include "strategy/label_slope.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dflare/budget.h"

namespace dflare {
namespace {

constexpr Shape kShape{12, 12, 1};
constexpr std::size_t kMost = 24;

// The label's log-probability leads by a smooth linear function of the pixels.
struct Ramp {
  std::vector<double> slope;

  Ramp() {
    for (int y = 0; y < kShape.height; ++y) {
      for (int x = 0; x < kShape.width; ++x) slope.push_back(std::sin(0.5 * x) + std::cos(0.4 * y));
    }
  }
  [[nodiscard]] std::vector<float> operator()(InputView in) const {
    double lead = 0;
    for (std::size_t i = 0; i < slope.size(); ++i) lead += slope[i] * in.data[i] / 255;
    return {static_cast<float>(lead), 0.0F};
  }
  [[nodiscard]] double cosine(const std::vector<float>& other) const {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < slope.size(); ++i) {
      ab += slope[i] * other[i];
      aa += slope[i] * slope[i];
      bb += static_cast<double>(other[i]) * other[i];
    }
    return ab / std::sqrt(aa * bb);
  }
};

class LabelSlopeOf : public testing::Test {
 protected:
  void SetUp() override {
    std::fill(seed_.pixels.begin(), seed_.pixels.end(), std::uint8_t{128});
    const std::vector<float> answer = ramp_(seed_.view());
    model_.begin(seed_.view(), prior_, 0, answer, answer, kMost);
  }

  void ask_once(Rng& rng) {
    model_.draw(1, rng, slope_);
    Input image = seed_;
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      image.pixels[i] = static_cast<std::uint8_t>(image.pixels[i] + (slope_[i] > 0 ? -20 : 20));
    }
    const std::vector<float> answer = ramp_(image.view());
    model_.add(seed_.view(), image.view(), answer, answer);
  }

  // How well slopes drawn after so many answers point along the ramp, 1 being best: mean of ten streams.
  double learnt_from(std::size_t answers) {
    double sum = 0;
    for (std::uint64_t stream = 0; stream < 10; ++stream) {
      SetUp();
      Rng rng(1, stream);
      for (std::size_t i = 0; i < answers; ++i) {
        if (model_.full()) model_.forget_older_half();
        ask_once(rng);
      }
      model_.draw(1, rng, slope_);
      sum += ramp_.cosine(slope_);
    }
    return sum / 10;
  }

  SlopePrior prior_{.across = 1, .down = 1};
  Ramp ramp_;
  Input seed_{kShape};
  LabelSlope model_;
  std::vector<float> slope_;
};

TEST_F(LabelSlopeOf, ARampPointsAlongItAfterAFewAnswers) {
  EXPECT_GT(learnt_from(kMost), 0.7);
  EXPECT_TRUE(model_.full());
}

TEST_F(LabelSlopeOf, ARampStillDoesWhenOlderAnswersAreForgotten) { EXPECT_GT(learnt_from(3 * kMost), 0.75); }

TEST_F(LabelSlopeOf, ARampIsLearntFromFewerAnswersInCells) {
  prior_.cell = 2;
  EXPECT_GT(learnt_from(kMost / 2), 0.7);
}

TEST_F(LabelSlopeOf, ARampMayHaveCellsThatItsEdgeCuts) {
  prior_ = {.cell = 5};
  EXPECT_GT(learnt_from(kMost / 2), 0.5);
}

TEST_F(LabelSlopeOf, TheSameStreamDrawsTheSame) {
  Rng a(1, 2);
  for (int i = 0; i < 5; ++i) ask_once(a);
  const std::vector<float> first = slope_;
  SetUp();
  Rng b(1, 2);
  for (int i = 0; i < 5; ++i) ask_once(b);
  EXPECT_EQ(first, slope_);
}

TEST_F(LabelSlopeOf, TheSeedItselfTeachesNothing) {
  const std::vector<float> answer = ramp_(seed_.view());
  for (std::size_t i = 0; i < 2 * kMost; ++i) model_.add(seed_.view(), seed_.view(), answer, answer);
  EXPECT_FALSE(model_.full());
}

TEST(MoveAgainst, ReachesTheLengthAlsoWhereHalfOfTheValuesAreAtTheirEnd) {
  Input seed(kShape);
  std::vector<float> slope(kShape.size(), 1.0F);
  for (std::size_t i = 0; i < slope.size(); i += 2) seed.pixels[i] = 200;  // the others are black and cannot go lower
  Input moved(kShape);
  move_against(slope, seed.view(), 2.0, moved.pixels);
  EXPECT_NEAR(l2_distance(seed.view(), moved.view()), 2.0, 0.03);
  EXPECT_LT(moved.pixels[0], 200);
  EXPECT_EQ(moved.pixels[1], 0);
}

TEST(MoveAgainst, GoesAsFarAsThereIsRoom) {
  const Input black(kShape);
  Input moved(kShape);
  move_against(std::vector<float>(kShape.size(), 1.0F), black.view(), 2.0, moved.pixels);
  EXPECT_EQ(moved.pixels, black.pixels);
  move_against(std::vector<float>(kShape.size(), 0.0F), black.view(), 2.0, moved.pixels);
  EXPECT_EQ(moved.pixels, black.pixels);
}

}  // namespace
}  // namespace dflare
