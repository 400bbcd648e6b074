// Two outputs, each with a slope of its own.
#include "strategy/slope_model.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace dflare {
namespace {

constexpr Shape kShape{10, 10, 1};
constexpr std::size_t kAnswers = 40;

// The lean of an image to the left, and twice its lean to the top, on pixels from 0 to 1.
std::array<double, 2> leans(InputView image) {
  std::array<double, 2> sums{};
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      const double v = image.data[y * kShape.width + x] / 255.0;
      sums[0] += x < kShape.width / 2 ? v : -v;
      sums[1] += y < kShape.height / 2 ? 2 * v : -2 * v;
    }
  }
  return sums;
}

class TwoOutputs : public testing::Test {
 protected:
  void SetUp() override {
    std::fill(grey_.pixels.begin(), grey_.pixels.end(), std::uint8_t{128});
    model_.begin(kShape, spots(kShape, 1), 2, kAnswers);
    Rng rng(3, 0);
    while (!model_.full()) {
      Input image(kShape);
      for (auto& v : image.pixels) v = static_cast<std::uint8_t>(rng.between(108, 148));
      model_.add(grey_.view(), image.view(), leans(image.view()));  // of the grey image both are 0
    }
  }

  // What one drawn slope says of both leans: the sums of its values, signed as in leans().
  std::array<double, 2> drawn(std::size_t output) {
    Rng rng(4, output);
    model_.draw(output, model_.spread(output), rng, slope_);
    std::array<double, 2> sums{};
    for (std::size_t i = 0; i < slope_.size(); ++i) {
      sums[0] += i % 10 < 5 ? slope_[i] : -slope_[i];
      sums[1] += i / 10 < 5 ? slope_[i] : -slope_[i];
    }
    return sums;
  }

  Input grey_{kShape};
  SlopeModel model_;
  std::vector<float> slope_;
};

TEST_F(TwoOutputs, ADrawnSlopeIsThatOfItsOutput) {
  for (const std::size_t output : {0U, 1U}) {
    const auto sums = drawn(output);
    EXPECT_GT(sums[output], 3 * std::abs(sums[1 - output]));
  }
}

TEST_F(TwoOutputs, TheSteeperOneIsKnown) { EXPECT_NEAR(model_.steepness(1) / model_.steepness(0), 2, 0.5); }

}  // namespace
}  // namespace dflare
