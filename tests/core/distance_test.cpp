// Distances between images, and the memory that images live in.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dflare/finding.h"
#include "dflare/input.h"

namespace dflare {
namespace {

Input filled(Shape shape, std::uint8_t value) {
  Input image(shape);
  std::fill(image.pixels.begin(), image.pixels.end(), value);
  return image;
}

TEST(Distance, OfAnImageToItselfIsZero) {
  const Input a = filled({4, 5, 3}, 77);
  EXPECT_EQ(distance(a.view(), a.view()).linf, 0);
  EXPECT_EQ(distance(a.view(), a.view()).l2, 0);
}

TEST(Distance, IsTheSameBothWays) {
  Input a = filled({2, 2, 1}, 10);
  Input b = filled({2, 2, 1}, 10);
  a.pixels = {0, 10, 200, 255};
  b.pixels = {3, 10, 196, 255};
  for (const Distance d : {distance(a.view(), b.view()), distance(b.view(), a.view())}) {
    EXPECT_DOUBLE_EQ(d.linf, 4);
    EXPECT_DOUBLE_EQ(d.l2, 5.0 / 255);
  }
}

TEST(Distance, BlackToWhiteIsTheLargest) {
  const Distance d = distance(filled({10, 10, 1}, 0).view(), filled({10, 10, 1}, 255).view());
  EXPECT_DOUBLE_EQ(d.linf, 255);
  EXPECT_DOUBLE_EQ(d.l2, 10);
}

TEST(Distance, OfLargeImagesDoesNotOverflow) {
  const Shape shape{2000, 2000, 3};
  const Distance d = distance(filled(shape, 0).view(), filled(shape, 255).view());
  EXPECT_DOUBLE_EQ(d.l2, std::sqrt(12e6));
}

TEST(Batch, RowsLieBesideEachOtherUntilCleared) {
  Batch batch({2, 3, 1}, 2);
  EXPECT_EQ(batch.room(), 2U);
  std::ranges::fill(batch.append(), std::uint8_t{1});
  std::ranges::fill(batch.append(), std::uint8_t{2});
  EXPECT_EQ(batch.room(), 0U);
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[0].pixels().back(), 1);
  EXPECT_EQ(batch[1].pixels().front(), 2);
  EXPECT_EQ(batch[1].data, batch[0].data + 6);
  batch.clear();
  EXPECT_EQ(batch.size(), 0U);
  EXPECT_EQ(batch.capacity(), 2U);
}

TEST(Input, AssigningASmallerImageKeepsTheMemory) {
  Input image = filled({8, 8, 3}, 9);
  const auto* const memory = image.pixels.data();
  image.assign(filled({4, 4, 1}, 7).view());
  EXPECT_EQ(image.shape, (Shape{4, 4, 1}));
  EXPECT_EQ(image.pixels.size(), 16U);
  EXPECT_EQ(image.pixels.data(), memory);
}

}  // namespace
}  // namespace dflare
