// What encode_png writes is what any reader reads.
#include <gtest/gtest.h>

#include <thread>

#include "dflare/rng.h"
#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

Input random_image(const Shape& shape, std::uint64_t seed, int noise) {
  Input image(shape);
  std::uint64_t state = seed * 6364136223846793005ULL + 1;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    image.pixels[i] = static_cast<std::uint8_t>(i / 7 + (state >> 33U) % static_cast<unsigned>(noise));
  }
  return image;
}

class EncodedPng : public testing::TestWithParam<Shape> {};

TEST_P(EncodedPng, DecodesToTheSamePixels) {
  std::vector<std::uint8_t> png;
  for (int noise : {1, 3, 256}) {
    const Input image = random_image(GetParam(), 7, noise);
    encode_png(image.view(), png);
    EXPECT_EQ(decode_image(png, "round trip"), image);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EncodedPng,
                         testing::Values(Shape{1, 1, 1}, Shape{1, 1, 3}, Shape{28, 28, 1}, Shape{32, 32, 3},
                                         Shape{1, 513, 3}, Shape{700, 1, 1}, Shape{224, 224, 3}, Shape{600, 800, 3}));

TEST(EncodePng, SameImageSameBytes) {
  std::vector<std::uint8_t> first, between, second;
  encode_png(random_image({32, 32, 3}, 1, 9).view(), first);
  encode_png(random_image({9, 400, 1}, 2, 256).view(), between);
  encode_png(random_image({32, 32, 3}, 1, 9).view(), second);
  EXPECT_EQ(first, second);
}

TEST(EncodePng, WorksInSeveralThreadsAtOnce) {
  const Input image = random_image({64, 64, 3}, 5, 20);
  std::vector<std::uint8_t> expected;
  encode_png(image.view(), expected);
  std::vector<std::vector<std::uint8_t>> written(4);
  std::vector<std::thread> threads;
  for (auto& png : written) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) encode_png(image.view(), png);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& png : written) EXPECT_EQ(png, expected);
}

TEST(EncodePng, OtherThanGreyOrRgbIsRefused) {
  std::vector<std::uint8_t> png;
  for (const Shape& shape : {Shape{2, 2, 4}, Shape{0, 2, 3}, Shape{2, 2, 2}}) {
    expect_error(ErrorCode::kBadInput, "expected grey or RGB", [&] { encode_png(Input(shape).view(), png); });
  }
}

}  // namespace
}  // namespace dflare::test
