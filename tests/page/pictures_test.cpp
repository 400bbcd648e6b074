// Pictures of one shape, packed.
#include "page/pictures.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dflare/rng.h"
#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare {
namespace {

constexpr std::size_t kRoom = 100'000'000;

Input noise(const Shape& shape, std::size_t number) {
  Rng rng(5, number);
  Input image(shape);
  for (std::uint8_t& value : image.pixels) value = static_cast<std::uint8_t>(rng.below(256));
  return image;
}

// The picture as it stands on the page, RGB.
Input cut(const PagePictures& pictures, std::size_t number) {
  const Input atlas = decode_image(pictures.atlases.at(number / pictures.per_atlas), "atlas");
  const std::size_t place = number % pictures.per_atlas;
  const auto left = static_cast<int>(place % pictures.columns) * pictures.shape.width;
  const auto top = static_cast<int>(place / pictures.columns) * pictures.shape.height;
  Input picture(Shape{pictures.shape.height, pictures.shape.width, 3});
  std::size_t to = 0;
  for (int y = 0; y < pictures.shape.height; ++y) {
    for (int x = 0; x < 3 * pictures.shape.width; ++x)
      picture.pixels[to++] = atlas.pixels[static_cast<std::size_t>(((top + y) * atlas.shape.width + left) * 3 + x)];
  }
  return picture;
}

TEST(Pictures, ComeOutOfTheirAtlasAsTheyWere) {
  const Shape shape{30, 40, 3};
  const PagePictures pictures = packed(
      shape, 150, [&](std::size_t i) { return noise(shape, i); }, kRoom);
  EXPECT_GT(pictures.atlases.size(), 1U);
  for (const std::size_t number : {0U, 7U, 63U, 149U}) EXPECT_EQ(cut(pictures, number), noise(shape, number)) << number;
}

TEST(Pictures, GreyOnesAreGreyInThreeColours) {
  const Shape shape{5, 4, 1};
  const PagePictures pictures = packed(
      shape, 3, [&](std::size_t i) { return noise(shape, i); }, kRoom);
  const Input grey = noise(shape, 2);
  const Input shown = cut(pictures, 2);
  for (std::size_t i = 0; i < shown.pixels.size(); ++i) EXPECT_EQ(shown.pixels[i], grey.pixels[i / 3]);
}

TEST(Pictures, LargeOnesStandAlone) {
  const Shape shape{400, 300, 3};
  const PagePictures pictures = packed(
      shape, 2, [&](std::size_t i) { return noise(shape, i); }, kRoom);
  EXPECT_EQ(pictures.per_atlas, 1U);
  EXPECT_EQ(cut(pictures, 1), noise(shape, 1));
}

// Neighbouring pixels are alike.
Input clouds(const Shape& shape, std::size_t number) {
  Rng rng(6, number);
  Input image(shape);
  const auto row = static_cast<std::size_t>(shape.width * shape.channels);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const int left = i % row < 3 ? 128 : image.pixels[i - 3];
    const int above = i < row ? left : image.pixels[i - row];
    image.pixels[i] =
        static_cast<std::uint8_t>(std::clamp((left + above) / 2 + static_cast<int>(rng.below(5)) - 2, 0, 255));
  }
  return image;
}

std::size_t bytes_of(const PagePictures& pictures) {
  std::size_t bytes = 0;
  for (const auto& atlas : pictures.atlases) bytes += atlas.size();
  return bytes;
}

TEST(Pictures, ArePackedOnlyAsWellAsNeeded) {
  const Shape shape{32, 32, 3};
  const auto draw = [&](std::size_t i) { return clouds(shape, i); };
  constexpr std::size_t kCount = 40 * 64;
  const std::size_t quick = bytes_of(packed(shape, kCount, draw, kRoom));
  const PagePictures well = packed(shape, kCount, draw, 0);
  ASSERT_LT(bytes_of(well), quick);
  const std::size_t between = (quick + bytes_of(well)) / 2;
  const PagePictures enough = packed(shape, kCount, draw, between);
  EXPECT_LE(bytes_of(enough), between);
  EXPECT_GT(bytes_of(enough), bytes_of(well));
  EXPECT_EQ(enough.atlases, packed(shape, kCount, draw, between).atlases);
  for (const std::size_t number : {0U, 600U, 2559U}) EXPECT_EQ(cut(enough, number), clouds(shape, number)) << number;
}

TEST(Pictures, OfOtherShapesAreRefused) {
  EXPECT_FALSE(can_be_packed({4, 4, 2}));
  EXPECT_FALSE(can_be_packed({4, 0, 1}));
  EXPECT_FALSE(can_be_packed({1, 20'000, 1}));
  test::expect_error(ErrorCode::kBadInput, "shape", [] {
    packed(
        {4, 4, 2}, 1, [](std::size_t) { return Input(); }, kRoom);
  });
  test::expect_error(ErrorCode::kBadInput, "different shapes", [] {
    packed(
        {4, 4, 1}, 1,
        [](std::size_t) {
          return Input(Shape{5, 4, 1});
        },
        kRoom);
  });
}

}  // namespace
}  // namespace dflare
