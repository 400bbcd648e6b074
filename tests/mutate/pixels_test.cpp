// Pixel change and salt-and-pepper do as the definitions say.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "mutate/testing.h"

namespace dflare {
namespace {

struct Changes {
  int elements = 0;
  int pixels = 0;
  int white_pixels = 0;
};

Changes changes(const Input& before, const Input& after) {
  Changes found;
  const auto channels = static_cast<std::size_t>(before.shape.channels);
  for (std::size_t i = 0; i < before.pixels.size(); i += channels) {
    int elements = 0;
    for (std::size_t c = i; c < i + channels; ++c) elements += before.pixels[c] != after.pixels[c] ? 1 : 0;
    found.elements += elements;
    found.pixels += elements > 0 ? 1 : 0;
    found.white_pixels += elements > 0 && after.pixels[i] == 255 ? 1 : 0;
  }
  return found;
}

TEST(PixelChange, TouchesZeroToNinePixelsEachAsOften) {
  const auto op = one("pixel-change");
  const Input in = noise_image({200, 200, 3});  // collisions and unchanged values are rare
  std::vector<double> seen(10, 0.0);
  Rng rng(1, 1);
  for (int i = 0; i < 2000; ++i) {
    const Changes found = changes(in, mutant(*op, in, rng));
    ASSERT_LE(found.pixels, 9);
    ++seen[static_cast<std::size_t>(found.pixels)];
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(10, 200.0)), chi_square_limit(9));
}

TEST(PixelChange, GivesAllChannelsNewValues) {
  const auto op = one("pixel-change");
  const Input in = noise_image({64, 64, 3});
  Changes total;
  Rng rng(1, 2);
  for (int i = 0; i < 500; ++i) {
    const Changes found = changes(in, mutant(*op, in, rng));
    total.elements += found.elements;
    total.pixels += found.pixels;
  }
  EXPECT_GT(total.elements, 2.95 * total.pixels);
}

TEST(PixelChange, ReferenceTouchesSingleElements) {
  const auto op = one("reference:pixel-change");
  const Input in = noise_image({64, 64, 3});
  Changes total;
  Rng rng(1, 3);
  for (int i = 0; i < 500; ++i) {
    const Changes found = changes(in, mutant(*op, in, rng));
    ASSERT_LE(found.elements, 9);
    total.elements += found.elements;
    total.pixels += found.pixels;
  }
  EXPECT_LT(total.elements, 1.02 * total.pixels);
  EXPECT_NEAR(total.elements / 500.0, 4.5, 0.6);
}

TEST(PixelChange, DrawsNewValuesUniformly) {
  const auto op = one("pixel-change");
  const Input in = constant_image({300, 300, 1}, 7);
  std::vector<double> seen(8, 0.0);
  Rng rng(1, 4);
  for (int i = 0; i < 400; ++i) {
    for (const std::uint8_t v : mutant(*op, in, rng).pixels) seen[v / 32U] += v == 7 ? 0 : 1;
  }
  double total = 0;
  for (const double n : seen) total += n;
  std::vector<double> expected(8, total * 32 / 255);
  expected[0] = total * 31 / 255;
  EXPECT_LT(chi_square(seen, expected), chi_square_limit(7));
}

TEST(SaltAndPepper, HitsFourPixelsInAThousandHalfOfThemWhite) {
  const auto op = one("salt-and-pepper");
  const Input in = constant_image({100, 100, 3}, 128);
  Changes total;
  Rng rng(2, 1);
  for (int i = 0; i < 500; ++i) {
    const Input out = mutant(*op, in, rng);
    const Changes found = changes(in, out);
    ASSERT_EQ(found.elements, 3 * found.pixels);
    total.pixels += found.pixels;
    total.white_pixels += found.white_pixels;
  }
  EXPECT_NEAR(total.pixels, 20000, 5 * 141);  // sd of a binomial count
  EXPECT_NEAR(total.white_pixels, 10000, 5 * 100);
}

TEST(SaltAndPepper, HitsEveryPixelAsOften) {
  const auto op = one("salt-and-pepper");
  const Input in = constant_image({4, 5, 1}, 128);
  std::vector<double> seen(20, 0.0);
  Rng rng(2, 2);
  for (int i = 0; i < 50000; ++i) {
    const Input out = mutant(*op, in, rng);
    for (std::size_t k = 0; k < 20; ++k) seen[k] += out.pixels[k] == 128 ? 0 : 1;
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(20, 200.0)), chi_square_limit(20));
}

TEST(SaltAndPepper, ReferenceRoundsBothCountsUp) {
  const auto op = one("reference:salt-and-pepper");
  const Input in = constant_image({28, 28, 1}, 128);  // 784 x 0.004 / 2 = 1.568: two each
  Rng rng(2, 3);
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) {
    const Input out = mutant(*op, in, rng);
    const auto white = std::count(out.pixels.begin(), out.pixels.end(), 255);
    const auto black = std::count(out.pixels.begin(), out.pixels.end(), 0);
    ASSERT_LE(white, 2);
    ASSERT_LE(black, 2);
    ASSERT_GE(black, 1);
    ++seen[static_cast<std::size_t>(white + black)];
  }
  EXPECT_GT(seen[4], 970);  // fewer only when two draws meet
}

TEST(SaltAndPepper, ReferenceTouchesSingleElements) {
  const auto op = one("reference:salt-and-pepper");
  const Input in = constant_image({32, 32, 3}, 128);  // 3072 elements: ceil(6.144) = 7 each
  Rng rng(2, 4);
  int elements = 0;
  for (int i = 0; i < 200; ++i) elements += changes(in, mutant(*op, in, rng)).elements;
  EXPECT_NEAR(elements / 200.0, 14.0, 0.1);
}

}  // namespace
}  // namespace dflare
