// The dithered path from one image to another.
#include "strategy/blend_path.h"

#include <gtest/gtest.h>

#include <set>

namespace dflare {
namespace {

constexpr Shape kShape{7, 5, 3};

Input noise(std::uint64_t seed) {
  Input image(kShape);
  Rng rng(seed, 0);
  for (auto& v : image.pixels) v = static_cast<std::uint8_t>(rng.below(256));
  return image;
}

class BlendPathOf : public testing::Test {
 protected:
  BlendPathOf() {
    Rng rng(3, 0);
    path_.start(from_.view(), to_.view(), rng);
  }

  [[nodiscard]] Input at(std::int32_t step) const {
    Input image(kShape);
    path_.at(step, image.pixels);
    return image;
  }

  Input from_ = noise(1);
  Input to_ = noise(2);
  BlendPath path_;
};

TEST_F(BlendPathOf, EndsAreExact) {
  EXPECT_EQ(at(0), from_);
  EXPECT_EQ(at(BlendPath::kEnd), to_);
}

TEST_F(BlendPathOf, BlackAndWhiteEndsAreExact) {
  std::ranges::fill(from_.pixels, std::uint8_t{0});
  std::ranges::fill(to_.pixels, std::uint8_t{255});
  EXPECT_EQ(at(0), from_);
  EXPECT_EQ(at(BlendPath::kEnd), to_);
  path_ = {};
  Rng rng(4, 0);
  path_.start(to_.view(), from_.view(), rng);
  EXPECT_EQ(at(0), to_);
  EXPECT_EQ(at(BlendPath::kEnd), from_);
}

TEST_F(BlendPathOf, EveryValueMovesOneWay) {
  Input before = at(0);
  for (std::int32_t step = 97; step <= BlendPath::kEnd; step += 97) {
    const Input now = at(step);
    for (std::size_t i = 0; i < now.pixels.size(); ++i) {
      const int moved = now.pixels[i] - before.pixels[i];
      ASSERT_GE(moved * (to_.pixels[i] - from_.pixels[i]), 0) << "value " << i << " at step " << step;
    }
    before = now;
  }
}

TEST_F(BlendPathOf, NoValueIsFartherThanOneLevelFromTheStraightLine) {
  for (std::int32_t step = 0; step <= BlendPath::kEnd; step += 1013) {
    const Input now = at(step);
    for (std::size_t i = 0; i < now.pixels.size(); ++i) {
      const double line = from_.pixels[i] + (to_.pixels[i] - from_.pixels[i]) * (step / 65536.0);
      ASSERT_LT(std::abs(now.pixels[i] - line), 1) << "value " << i << " at step " << step;
    }
  }
}

// Plain rounding of ends one level apart has two images; dithering has nearly one a value.
TEST_F(BlendPathOf, EndsOneLevelApartHaveManyImagesBetween) {
  std::ranges::fill(from_.pixels, std::uint8_t{100});
  std::ranges::fill(to_.pixels, std::uint8_t{101});
  std::set<std::vector<std::uint8_t>> images;
  for (std::int32_t step = 0; step <= BlendPath::kEnd; step += 16) images.insert(at(step).pixels);
  EXPECT_GT(images.size(), kShape.size() * 9 / 10);
}

TEST_F(BlendPathOf, SameStreamGivesTheSameBytes) {
  BlendPath again;
  Rng rng(3, 0);
  again.start(from_.view(), to_.view(), rng);
  for (const std::int32_t step : {1, 777, 32768, 65535}) {
    Input image(kShape);
    again.at(step, image.pixels);
    EXPECT_EQ(image, at(step));
  }
}

TEST_F(BlendPathOf, AnotherStreamDithersInAnotherWay) {
  BlendPath other;
  Rng rng(4, 0);
  other.start(from_.view(), to_.view(), rng);
  Input image(kShape);
  other.at(BlendPath::kEnd / 2, image.pixels);
  EXPECT_NE(image, at(BlendPath::kEnd / 2));
}

}  // namespace
}  // namespace dflare
