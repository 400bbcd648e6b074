// Filling tensors: values, places, types.
#include "query/fill.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "contract/models.h"

namespace dflare {
namespace {

using testing_models::random_images;

Preprocess imagenet() {
  Preprocess p;
  p.scale = 255;
  p.mean = {0.485F, 0.456F, 0.406F};
  p.std = {0.229F, 0.224F, 0.225F};
  return p;
}

std::vector<float> fill_floats(InputView image, Layout layout, const Preprocess& preprocess) {
  const Filler filler(image.shape, layout, preprocess, ElementType::kFloat32, {});
  std::vector<float> out(image.shape.size());
  EXPECT_EQ(filler.row_bytes(), out.size() * 4);
  filler.fill(image, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

TEST(Filler, InterleavedValuesFollowTheFormulaExactly) {
  const auto images = random_images({5, 7, 3}, 1, 1);
  const auto p = imagenet();
  const auto out = fill_floats(images[0], Layout::kNhwc, p);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i], (static_cast<float>(images[0].data[i]) / p.scale - p.mean[i % 3]) / p.std[i % 3]) << i;
  }
}

TEST(Filler, PlanesHoldTheSameValuesAsInterleaved) {
  const auto images = random_images({5, 7, 3}, 1, 1);
  const auto interleaved = fill_floats(images[0], Layout::kNhwc, imagenet());
  const auto planes = fill_floats(images[0], Layout::kNchw, imagenet());
  for (std::size_t i = 0; i < planes.size(); ++i) EXPECT_EQ(planes[i % 3 * 35 + i / 3], interleaved[i]) << i;
}

TEST(Filler, BgrTurnsTheChannelsAndKeepsTheirMeans) {
  const auto images = random_images({5, 7, 3}, 1, 1);
  auto p = imagenet();
  const auto rgb = fill_floats(images[0], Layout::kNchw, p);
  p.order = ChannelOrder::kBgr;
  const auto bgr = fill_floats(images[0], Layout::kNchw, p);
  for (std::size_t i = 0; i < bgr.size(); ++i) EXPECT_EQ(bgr[i], rgb[(2 - i / 35) * 35 + i % 35]) << i;
}

TEST(Filler, GreyUsesTheFirstMean) {
  const auto images = random_images({5, 7, 1}, 1, 1);
  const auto p = imagenet();
  const auto out = fill_floats(images[0], Layout::kNchw, p);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i], (static_cast<float>(images[0].data[i]) / p.scale - p.mean[0]) / p.std[0]);
  }
}

TEST(Filler, QuantisedTensorsAreRoundedAndClipped) {
  Batch images({1, 4, 1}, 1);
  const auto row = images.append();
  std::memcpy(row.data(), "\x00\x05\x80\xff", 4);
  std::int8_t out[4];
  const Filler filler({1, 4, 1}, Layout::kNhwc, {}, ElementType::kInt8, {2.0F, -60});
  filler.fill(images[0], reinterpret_cast<std::byte*>(out));
  EXPECT_EQ(out[0], -60);
  EXPECT_EQ(out[1], -58);  // 2.5 steps: ties go to even
  EXPECT_EQ(out[2], 4);
  EXPECT_EQ(out[3], 68);  // 127.5 steps
  const Filler narrow({1, 4, 1}, Layout::kNhwc, {}, ElementType::kUint8, {0.5F, 3});
  narrow.fill(images[0], reinterpret_cast<std::byte*>(out));
  EXPECT_EQ(static_cast<std::uint8_t>(out[1]), 13);
  EXPECT_EQ(static_cast<std::uint8_t>(out[3]), 255);
}

TEST(Half, EveryHalfSurvivesTheWayThroughFloat) {
  for (std::uint32_t h = 0; h <= 0xffff; ++h) {
    const float f = from_half(static_cast<std::uint16_t>(h));
    if (std::isnan(f)) continue;
    ASSERT_EQ(to_half(f), h);
  }
}

TEST(Half, RoundsToTheNearestEven) {
  EXPECT_EQ(to_half(1.0F), 0x3c00);
  EXPECT_EQ(to_half(1.0F + 0x1p-11F), 0x3c00);             // half-way, to even
  EXPECT_EQ(to_half(1.0F + 0x1p-10F + 0x1p-11F), 0x3c02);  // half-way, to even
  EXPECT_EQ(to_half(65519.0F), 0x7bff);
  EXPECT_EQ(to_half(65520.0F), 0x7c00);
  EXPECT_EQ(to_half(0x1p-25F), 0);
  EXPECT_EQ(to_half(0x1.8p-25F), 1);
  EXPECT_TRUE(std::isnan(from_half(to_half(std::nanf("")))));
}

}  // namespace
}  // namespace dflare
