// Filling tensors: values, places, types.
#include "query/fill.h"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(Filler, NumbersOfArraysFollowTheFormulaWhateverTheTensorHolds) {
  ArrayForm form;
  const std::vector<float> numbers{-1.5F, 0, 0.25F, 300, -300};
  form.dims = {numbers.size()};
  form.low.assign(numbers.size(), -1000);
  form.high.assign(numbers.size(), 1000);
  Shape shape{1, static_cast<int>(numbers.size()), 1};
  shape.form = &form;
  Input array(shape);
  std::memcpy(array.pixels.data(), numbers.data(), array.pixels.size());
  Preprocess p;
  p.scale = 2;
  p.mean = {1, 0, 0};
  p.std = {0.5F, 1, 1};
  const auto floats = fill_floats(array.view(), Layout::kNhwc, p);
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(floats[i], (numbers[i] / 2 - 1) / 0.5F) << i;

  std::vector<std::int8_t> stored(numbers.size());
  Filler(shape, Layout::kNhwc, {}, ElementType::kInt8, {.scale = 0.5F, .zero_point = 3})
      .fill(array.view(), reinterpret_cast<std::byte*>(stored.data()));
  EXPECT_EQ(stored, (std::vector<std::int8_t>{0, 3, 3, 127, -128})) << "ties to even, clipped";
  p.values = PixelValues::kBytes;
  Filler(shape, Layout::kNhwc, p, ElementType::kInt8, {.scale = 0.5F, .zero_point = 3})
      .fill(array.view(), reinterpret_cast<std::byte*>(stored.data()));
  EXPECT_EQ(stored, (std::vector<std::int8_t>{-2, 0, 0, 127, -128})) << "the number itself";
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

Filler filler_of(const Preprocess& preprocess, ElementType type, const Quantisation& q, int channels = 1) {
  return {Shape{4, 4, channels}, Layout::kNhwc, preprocess, type, q};
}

// What a tensor stores for the 256 grey levels.
template <class T>
std::vector<int> stored_levels(const Preprocess& preprocess, ElementType type, const Quantisation& q) {
  const Filler filler({1, 256, 1}, Layout::kNhwc, preprocess, type, q);
  Batch images({1, 256, 1}, 1);
  std::ranges::generate(images.append(), [level = 0]() mutable { return static_cast<std::uint8_t>(level++); });
  std::vector<T> stored(256);
  filler.fill(images[0], reinterpret_cast<std::byte*>(stored.data()));
  return {stored.begin(), stored.end()};
}

TEST(Filler, BytesAreStoredPastScaleAndZeroPoint) {
  Preprocess bytes;
  bytes.values = PixelValues::kBytes;
  const auto u8 = stored_levels<std::uint8_t>(bytes, ElementType::kUint8, {1 / 128.0F, 128});
  const auto i8 = stored_levels<std::int8_t>(bytes, ElementType::kInt8, {0.02F, -14});
  const auto f32 = stored_levels<float>(bytes, ElementType::kFloat32, {});
  for (int level = 0; level < 256; ++level) {
    EXPECT_EQ(u8[level], level);
    EXPECT_EQ(i8[level], level - 128);
    EXPECT_EQ(f32[level], level);
  }
  EXPECT_EQ(filler_of(bytes, ElementType::kUint8, {1 / 128.0F, 128}).levels().distinct, 256);
  EXPECT_EQ(filler_of(bytes, ElementType::kInt8, {}).levels().clipped, 0);
}

TEST(Levels, AMobileNetOfBytesUnderRawIsLost) {
  const auto levels = filler_of({}, ElementType::kUint8, {1 / 128.0F, 128}).levels();
  EXPECT_EQ(levels.distinct, 2);  // 128 for black, 255 for all else
  EXPECT_NEAR(levels.clipped, 254.0 / 256, 1e-9);
  EXPECT_TRUE(levels.lost());
}

TEST(Levels, TheSameUnderItsOwnPreprocessingIsWhole) {
  Preprocess tf;
  tf.scale = 127.5F;
  tf.mean = {1, 1, 1};
  const auto levels = filler_of(tf, ElementType::kUint8, {1 / 128.0F, 128}).levels();
  EXPECT_GE(levels.distinct, 255);
  EXPECT_EQ(levels.clipped, 0);  // 255 falls half a step beyond the range: rounding
  EXPECT_FALSE(levels.lost());
}

// Scale 2/255 and zero point 127: grey level 2k + 1 lies halfway. What LiteRT 2.3's QUANTIZE and NumPy make of it.
TEST(Levels, HalfwayValuesAreRoundedAsAsked) {
  const Quantisation halfway{2 / 255.0F, 127};
  Preprocess preprocess = parse_preprocess("tf");
  preprocess.rounding = Rounding::kEven;
  const auto even = stored_levels<std::uint8_t>(preprocess, ElementType::kUint8, halfway);
  preprocess.rounding = Rounding::kAway;
  const auto away = stored_levels<std::uint8_t>(preprocess, ElementType::kUint8, halfway);
  preprocess.rounding = Rounding::kTruncate;
  const auto truncated = stored_levels<std::uint8_t>(preprocess, ElementType::kUint8, halfway);
  for (int level = 0; level < 256; ++level) {
    EXPECT_LE(std::abs(even[level] - away[level]), 1);
    EXPECT_LE(truncated[level], away[level]);
    EXPECT_GE(truncated[level], level - 1);
  }
  EXPECT_EQ(away[255], 254);
  EXPECT_EQ(truncated[255], 254);
}

TEST(Levels, ARoundingThatMergesManyIsToldApart) {
  Preprocess preprocess = parse_preprocess("tf");
  preprocess.rounding = Rounding::kEven;
  const InputLevels even = filler_of(preprocess, ElementType::kUint8, {2 / 255.0F, 127}).levels();
  preprocess.rounding = Rounding::kAway;
  const InputLevels away = filler_of(preprocess, ElementType::kUint8, {2 / 255.0F, 127}).levels();
  EXPECT_EQ(even.distinct, 215);
  EXPECT_TRUE(even.merged());
  EXPECT_EQ(away.distinct, 254);
  EXPECT_FALSE(away.merged());
}

TEST(Levels, AnInt8InputWithoutScaleLosesTheBrighterHalfUnderRaw) {
  const auto levels = filler_of({}, ElementType::kInt8, {}).levels();
  EXPECT_EQ(levels.distinct, 128);
  EXPECT_NEAR(levels.clipped, 127.0 / 256, 1e-9);
  EXPECT_TRUE(levels.lost());
}

TEST(Levels, AByteInputUnderUnitHasTwo) {
  Preprocess unit;
  unit.scale = 255;
  EXPECT_EQ(filler_of(unit, ElementType::kUint8, {}).levels().distinct, 2);
}

TEST(Levels, FloatsKeepAll) {
  for (const ElementType type : {ElementType::kFloat32, ElementType::kFloat16}) {
    const auto levels = filler_of(imagenet(), type, {}, 3).levels();
    EXPECT_EQ(levels.distinct, 256);
    EXPECT_FALSE(levels.lost());
  }
}

TEST(Levels, TheWorstChannelCounts) {
  Preprocess p;
  p.scale = 255;
  p.std = {1, 1, 100};
  EXPECT_EQ(filler_of(p, ElementType::kUint8, {1 / 255.0F, 0}, 3).levels().distinct, 4);
  EXPECT_EQ(filler_of(p, ElementType::kUint8, {1 / 255.0F, 0}, 1).levels().distinct, 256);  // grey uses the first
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

// Integers wider than a byte: rounded to even, clipped, read back by their scale.
TEST(Element, WideIntegersHoldWhatTheyCan) {
  const auto stored = [](float value, ElementType type, const Quantisation& q = {}) { return encode(value, type, q); };
  EXPECT_EQ(stored(2.5F, ElementType::kInt16), 2U);
  EXPECT_EQ(stored(-1, ElementType::kInt16), 0xffffU);
  EXPECT_EQ(stored(1e9F, ElementType::kInt16), 0x7fffU);
  EXPECT_EQ(stored(-1e9F, ElementType::kInt16), 0x8000U);
  EXPECT_EQ(stored(0.5F, ElementType::kInt16, {1 / 1024.0F, 3}), 515U);
  EXPECT_EQ(stored(255, ElementType::kInt32), 255U);
  EXPECT_EQ(stored(-2, ElementType::kInt32), 0xfffffffeU);
  EXPECT_EQ(stored(1e20F, ElementType::kInt32), 0x7fffff80U);
  EXPECT_EQ(stored(-1e20F, ElementType::kInt32), 0x80000000U);
  EXPECT_TRUE(clips(40'000, ElementType::kInt16, {}));
  EXPECT_FALSE(clips(30'000, ElementType::kInt16, {}));
}

TEST(Element, WideIntegersAreReadByTheirScale) {
  const std::int16_t shorts[] = {-32768, 0, 515};
  const std::int32_t ints[] = {-70'000, 0, 515};
  std::vector<float> values(3);
  decode(reinterpret_cast<const std::byte*>(shorts), ElementType::kInt16, {0.5F, 3}, values);
  EXPECT_EQ(values, (std::vector<float>{-16385.5F, -1.5F, 256}));
  decode(reinterpret_cast<const std::byte*>(ints), ElementType::kInt32, {}, values);
  EXPECT_EQ(values, (std::vector<float>{-70'000, 0, 515}));
}

}  // namespace
}  // namespace dflare
