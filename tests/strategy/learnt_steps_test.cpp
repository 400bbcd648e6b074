// Steps learnt from the answers to a walk, and their length.
#include "strategy/learnt_steps.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dflare {
namespace {

constexpr Shape kShape{12, 12, 1};

// Both models insist more where the left half is lighter; a lighter upper half makes them lean to the original.
Insistence insistence(InputView image) {
  double left = 0;
  double upper = 0;
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      const double v = image.data[y * kShape.width + x] / 255.0;
      left += x < kShape.width / 2 ? v : -v;
      upper += y < kShape.height / 2 ? v : -v;
    }
  }
  return {1 + left / 10 + upper, 1 + left / 10 - upper};
}

class Walk {
 public:
  Walk() {
    std::fill(at_.pixels.begin(), at_.pixels.end(), std::uint8_t{128});
    steps_.begin(at_.view());
  }

  // Goes wherever steps lead.
  void take(int steps) {
    std::vector<int> change(kShape.size());
    for (int i = 0; i < steps; ++i) {
      if (steps_.full()) steps_.anchor_at(at_.view(), insistence(at_.view()));
      steps_.draw(insistence(at_.view()), rng_, change);
      for (std::size_t k = 0; k < change.size(); ++k) {
        at_.pixels[k] = static_cast<std::uint8_t>(std::clamp(at_.pixels[k] + change[k], 0, 255));
      }
      steps_.learn(at_.view(), insistence(at_.view()));
    }
  }
  [[nodiscard]] Insistence here() const { return insistence(at_.view()); }

 private:
  Rng rng_{2, 0};
  Input at_{kShape};
  LearntSteps steps_;
};

TEST(LearntSteps, GoUpWhatBothInsistOnAndStayEven) {
  Walk walk;
  walk.take(150);  // more than the model holds
  const double most = 2 + 2 * 0.1 * kShape.width * kShape.height / 4;
  EXPECT_GT(walk.here().sum(), 2 + 0.5 * (most - 2));
  EXPECT_LT(std::abs(walk.here().lean()), 0.15 * walk.here().sum());
}

TEST(LearntSteps, WearOutWhenNoneOfThemPays) {
  LearntSteps steps;
  steps.begin(Input(kShape).view());
  int taken = 0;
  for (; !steps.worn_out(); ++taken) steps.shorten();
  EXPECT_GT(taken, 20);
  EXPECT_LT(taken, 60);
  steps.lengthen();
  EXPECT_FALSE(steps.worn_out());
}

}  // namespace
}  // namespace dflare
