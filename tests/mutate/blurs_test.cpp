// Blurs equal their definitions, written out plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mutate/median.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

const std::array<Shape, 6> kShapes{{{28, 28, 1}, {32, 32, 3}, {1, 1, 3}, {3, 2, 1}, {2, 3, 3}, {9, 33, 1}}};

int repeat(int i, int n) { return std::clamp(i, 0, n - 1); }

// ... 2 1 0 1 2 ... n-2 n-1 n-2 ...
int reflect(int i, int n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * n - 2 - i;
  return i;
}

int at(const Input& image, int y, int x, int c) {
  const Shape s = image.shape;
  return image.pixels[static_cast<std::size_t>((y * s.width + x) * s.channels + c)];
}

// Calls f(index, y, x, c) for every value of the image.
template <class F>
void for_values(Shape s, F f) {
  std::size_t i = 0;
  for (int y = 0; y < s.height; ++y) {
    for (int x = 0; x < s.width; ++x) {
      for (int c = 0; c < s.channels; ++c) f(i++, y, x, c);
    }
  }
}

Input plain_median(const Input& in, int size) {
  Input out(in.shape);
  const int r = size / 2;
  for_values(in.shape, [&](std::size_t i, int y, int x, int c) {
    std::vector<int> window;
    for (int dy = -r; dy <= r; ++dy) {
      for (int dx = -r; dx <= r; ++dx) {
        window.push_back(at(in, repeat(y + dy, in.shape.height), repeat(x + dx, in.shape.width), c));
      }
    }
    std::nth_element(window.begin(), window.begin() + size * size / 2, window.end());
    out.pixels[i] = static_cast<std::uint8_t>(window[static_cast<std::size_t>(size * size / 2)]);
  });
  return out;
}

// Weighted mean over size x size neighbours, not rounded. An even window reaches one further to the left and top.
std::vector<double> plain_mean(const Input& in, int size, const std::vector<double>& weights) {
  std::vector<double> out(in.pixels.size());
  for_values(in.shape, [&](std::size_t i, int y, int x, int c) {
    for (int a = 0; a < size; ++a) {
      for (int b = 0; b < size; ++b) {
        const int value =
            at(in, reflect(y + a - size / 2, in.shape.height), reflect(x + b - size / 2, in.shape.width), c);
        out[i] += value * weights[static_cast<std::size_t>(a)] * weights[static_cast<std::size_t>(b)];
      }
    }
  });
  return out;
}

std::vector<double> gaussian_weights(int size) {
  const double sd = 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i < size; ++i) {
    weights.push_back(std::exp(-0.5 * (i - size / 2) * (i - size / 2) / (sd * sd)));
    sum += weights.back();
  }
  for (double& w : weights) w /= sum;
  return weights;
}

double largest_difference(const Input& image, const std::vector<double>& plain) {
  double largest = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) largest = std::max(largest, std::abs(image.pixels[i] - plain[i]));
  return largest;
}

TEST(MedianFilter, EqualsTheMiddleOfTheSortedWindow) {
  for (const Shape shape : kShapes) {
    for (const int size : {1, 3, 5, 7, 9, 15}) {
      const Input in = noise_image(shape);
      Input out(shape);
      median_filter(in.view(), size, out.pixels);
      EXPECT_EQ(out, plain_median(in, size)) << shape.height << "x" << shape.width << " size " << size;
    }
  }
}

TEST(MedianFilter, HandlesExtremesAndFewLevels) {
  Input in = noise_image({28, 28, 1});
  for (auto& v : in.pixels) v = v < 128 ? 0 : 255;
  Input out(in.shape);
  median_filter(in.view(), 7, out.pixels);
  EXPECT_EQ(out, plain_median(in, 7));
  const Input white = constant_image({10, 10, 3}, 255);
  Input same(white.shape);
  median_filter(white.view(), 5, same.pixels);
  EXPECT_EQ(same, white);
}

// Every size is one of `sizes`, and each comes about as often. Says by which each mutant was made: its index.
template <class Nearest>
void expect_sizes(const std::string& name, std::size_t sizes, Nearest nearest) {
  const Input in = noise_image({28, 28, 1});
  const auto op = one(name);
  std::vector<double> seen(sizes, 0.0);
  Rng rng(1, 1);
  for (int i = 0; i < 400; ++i) {
    const std::size_t size = nearest(in, mutant(*op, in, rng));
    ASSERT_LT(size, sizes);
    ++seen[size];
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(sizes, 400.0 / static_cast<double>(sizes))),
            chi_square_limit(static_cast<double>(sizes) - 1));
}

TEST(AverageBlur, IsTheRoundedMeanOverOneToFivePixels) {
  expect_sizes("average-blur", 5, [](const Input& in, const Input& out) {
    for (int size = 1; size <= 5; ++size) {
      const auto plain = plain_mean(in, size, std::vector<double>(static_cast<std::size_t>(size), 1.0 / size));
      // OpenCV's rounding is up to 3/4 off for even sizes.
      if (largest_difference(out, plain) <= (size % 2 == 0 ? 0.75 : 0.5)) return static_cast<std::size_t>(size - 1);
    }
    return std::size_t{5};
  });
}

TEST(GaussianBlur, IsTheGaussianMeanOverOneToSevenPixels) {
  expect_sizes("gaussian-blur", 4, [](const Input& in, const Input& out) {
    for (std::size_t k = 0; k < 4; ++k) {
      const int size = 1 + 2 * static_cast<int>(k);
      // Its weights have 8 bits, and for 3 and 5 are binomial.
      if (largest_difference(out, plain_mean(in, size, gaussian_weights(size))) <= 6) return k;
    }
    return std::size_t{4};
  });
}

TEST(MedianBlur, IsTheMedianOverOneToSevenPixels) {
  expect_sizes("median-blur", 4, [](const Input& in, const Input& out) {
    for (std::size_t k = 0; k < 4; ++k) {
      if (out == plain_median(in, 1 + 2 * static_cast<int>(k))) return k;
    }
    return std::size_t{4};
  });
}

TEST(Blurs, KeepAConstantImage) {
  Rng rng(1, 2);
  for (const char* name : {"average-blur", "gaussian-blur", "median-blur"}) {
    const Input in = constant_image({16, 9, 3}, 77);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(mutant(*one(name), in, rng), in) << name;
  }
}

TEST(Blurs, AreTheSameInBothFlavours) {
  const Input in = noise_image({20, 20, 3});
  for (const std::string name : {"average-blur", "gaussian-blur", "median-blur"}) {
    Rng a(1, 3);
    Rng b(1, 3);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(mutant(*one(name), in, a), mutant(*one("reference:" + name), in, b));
  }
}

}  // namespace
}  // namespace dflare
