// Images as numbers, for models that are asked by code of a caller's own.
#include "dflare/float_images.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace dflare {
namespace {

constexpr Shape kShape{1, 2, 3};

// Two pixels: (0, 51, 102) and (153, 204, 255).
Input two_pixels() {
  Input image(kShape);
  for (std::size_t i = 0; i < 6; ++i) image.pixels[i] = static_cast<std::uint8_t>(51 * i);
  return image;
}

constexpr Preprocess kRaw{};

std::vector<float> written(const Preprocess& preprocess, Layout usual) {
  const Input image = two_pixels();
  const std::array rows{image.view(), image.view()};
  std::vector<float> out(12, -1);
  FloatImages(kShape, preprocess, usual).write(rows, out);
  EXPECT_TRUE(std::equal(out.begin(), out.begin() + 6, out.begin() + 6));
  out.resize(6);
  return out;
}

TEST(FloatImages, AreWhatPreprocessingSays) {
  EXPECT_EQ(written({.scale = 255}, Layout::kNhwc), (std::vector<float>{0, 0.2F, 0.4F, 0.6F, 0.8F, 1}));
  EXPECT_EQ(written(kRaw, Layout::kNhwc), (std::vector<float>{0, 51, 102, 153, 204, 255}));
}

TEST(FloatImages, LieAsDeclaredElseAsUsual) {
  const std::vector<float> planes{0, 153, 51, 204, 102, 255};
  EXPECT_EQ(written(kRaw, Layout::kNchw), planes);
  EXPECT_EQ(written({.layout = Layout::kNchw}, Layout::kNhwc), planes);
  EXPECT_EQ(written({.layout = Layout::kNhwc}, Layout::kNchw), (std::vector<float>{0, 51, 102, 153, 204, 255}));
  EXPECT_EQ(FloatImages(kShape, {}, Layout::kNchw).layout(), Layout::kNchw);
}

}  // namespace
}  // namespace dflare
