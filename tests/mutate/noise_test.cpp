// Both noises are distributed as the definitions say.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "mutate/discrete_normal.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

const double kSd = std::sqrt(0.1);

double normal_below(double edge, double mean, double sd) {
  return 0.5 * std::erfc((mean - edge) / (sd * std::sqrt(2.0)));
}

// Chi-square of floor(N(mean, sd^2)) over the values that are expected at least 5 times, the others pooled into them.
void expect_floored_normal(double mean, double sd) {
  constexpr int kDraws = 4'000'000;
  std::vector<std::int16_t> draws(kDraws);
  Rng rng(3, 1);
  DiscreteNormal(mean, sd).draw(draws, rng);
  std::vector<double> observed, expected;
  for (int k = -3; k <= 3; ++k) {
    const double p = normal_below(k + 1, mean, sd) - normal_below(k, mean, sd);
    const auto n = static_cast<double>(std::count(draws.begin(), draws.end(), k));
    if (p * kDraws < 5) {
      EXPECT_LT(n, 10) << k;
      continue;
    }
    observed.push_back(n);
    expected.push_back(p * kDraws);
  }
  if (observed.size() == 1) {
    EXPECT_GT(observed[0], kDraws - 10);
    return;
  }
  EXPECT_LT(chi_square(observed, expected), chi_square_limit(static_cast<double>(observed.size()) - 1)) << mean;
}

TEST(DiscreteNormal, IsTheFlooredNormal) {
  expect_floored_normal(0.5, kSd);
  expect_floored_normal(0.0, kSd);
  expect_floored_normal(0.0, 0.6);
  expect_floored_normal(0.3, 0.05);
}

// One value in 65536 begins with the 16 bits that hold the boundary: too few for the test above to see.
TEST(DiscreteNormal, DecidesByFurtherBitsWhereSixteenDoNot) {
  const double boundary = 65536.0 * normal_below(0.0, 0.5, kSd);  // of the values below 0: 3730.52
  const double share = boundary - std::floor(boundary);
  ASSERT_NEAR(share, 0.515, 0.001);
  const DiscreteNormal noise(0.5, kSd);
  std::array<std::int16_t, 256> draws{};
  Rng rng(4, 1);
  double undecided = 0;
  double below = 0;
  for (int block = 0; block < 300'000; ++block) {
    Rng same = rng;
    noise.draw(draws, rng);
    for (std::size_t i = 0; i < 256; i += 4) {
      const std::uint64_t word = same.next();
      for (std::size_t k = 0; k < 4; ++k) {
        const double head = static_cast<double>(static_cast<std::int16_t>(word >> (16 * k))) + 32768.0;
        if (head != std::floor(boundary)) continue;
        ++undecided;
        below += draws[i + k] < 0 ? 1 : 0;
      }
    }
  }
  ASSERT_GT(undecided, 1000);
  EXPECT_NEAR(below / undecided, share, 5 * std::sqrt(share * (1 - share) / undecided));
}

std::map<int, double> histogram(const Operator& op, std::uint8_t value, int times) {
  const Input in = constant_image({100, 100, 1}, value);
  std::map<int, double> seen;
  Rng rng(6, value);
  for (int i = 0; i < times; ++i) {
    for (const std::uint8_t v : mutant(op, in, rng).pixels) ++seen[v];
  }
  return seen;
}

TEST(GaussianNoise, MovesAboutElevenPercentByOneEitherWay) {
  auto seen = histogram(*one("gaussian-noise"), 100, 100);
  const double p = normal_below(-0.5, 0.0, kSd);
  EXPECT_NEAR(p, 0.0569, 0.0001);
  const double sd = std::sqrt(1e6 * p * (1 - p));
  EXPECT_NEAR(seen[99], 1e6 * p, 5 * sd);
  EXPECT_NEAR(seen[101], 1e6 * p, 5 * sd);
  EXPECT_GT(seen[99] + seen[100] + seen[101], 1e6 - 20);
}

TEST(GaussianNoise, IsClippedAtBlackAndWhite) {
  auto black = histogram(*one("gaussian-noise"), 0, 20);
  auto white = histogram(*one("gaussian-noise"), 255, 20);
  EXPECT_GT(black[0] + black[1], 2e5 - 10);
  EXPECT_GT(white[255] + white[254], 2e5 - 10);
  EXPECT_EQ(black[255] + white[0], 0);
}

// What the authors' code does, written out: real sums, truncated, through int32 to u8.
TEST(GaussianNoise, ReferenceIsDistributedAsTheTruncatedWrappedSum) {
  for (const int value : {0, 1, 128, 254, 255}) {
    auto seen = histogram(*one("reference:gaussian-noise"), static_cast<std::uint8_t>(value), 100);
    std::map<int, double> naive;
    Rng rng(7, static_cast<std::uint64_t>(value));
    for (int i = 0; i < 1'000'000; ++i) {
      const double sum = value + kSd * static_cast<double>(rng.normal());
      ++naive[static_cast<std::uint8_t>(static_cast<std::int32_t>(sum))];
    }
    for (int v = 0; v < 256; ++v) {
      EXPECT_NEAR(seen[v], naive[v], 5 * std::sqrt(seen[v] + naive[v] + 1)) << value << " to " << v;
    }
  }
}

TEST(GaussianNoise, ReferenceLowersHalfThePixelsAndWrapsTheEnds) {
  auto seen = histogram(*one("reference:gaussian-noise"), 100, 10);
  EXPECT_NEAR(seen[99] / 1e5, 0.5, 0.01);
  auto black = histogram(*one("reference:gaussian-noise"), 0, 10);
  EXPECT_NEAR(black[255] / 1e5, 0.00078, 0.0005);
  EXPECT_GT(black[0] / 1e5, 0.99);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments(const Input& image) {
  double sum = 0;
  double squares = 0;
  for (const std::uint8_t v : image.pixels) {
    sum += v;
    squares += static_cast<double>(v) * v;
  }
  const auto n = static_cast<double>(image.pixels.size());
  return {sum / n, squares / n - sum / n * sum / n};
}

TEST(MultiplicativeNoise, DrawsMeanAndVarianceOnceAnApplication) {
  const auto op = one("multiplicative-noise");
  const Input in = constant_image({40, 40, 1}, 100);  // seldom clipped, even where the mean is half of it
  Rng rng(8, 1);
  constexpr int kTimes = 2000;
  double mean = 0, mean_squared = 0, variance = 0;
  for (int i = 0; i < kTimes; ++i) {
    const Moments m = moments(mutant(*op, in, rng));
    const double shift = m.mean / 100 - 1;
    ASSERT_GT(shift, -0.53);
    ASSERT_LT(shift, 0.53);
    ASSERT_LT(m.variance / 1e4, 0.05 * 1.2);
    mean += shift / kTimes;
    mean_squared += shift * shift / kTimes;
    variance += m.variance / 1e4 / kTimes;
  }
  EXPECT_NEAR(mean, 0.0, 5 * 0.2887 / std::sqrt(kTimes));
  EXPECT_NEAR(mean_squared, 1.0 / 12, 0.01);
  EXPECT_NEAR(variance, 0.025, 0.002);
}

TEST(MultiplicativeNoise, LeavesBlackBlackAndClipsWhite) {
  Rng rng(8, 2);
  const auto op = one("multiplicative-noise");
  const Input black = constant_image({20, 20, 3}, 0);
  const Input white = constant_image({20, 20, 3}, 255);
  int clipped = 0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(mutant(*op, black, rng), black);
    const Input out = mutant(*op, white, rng);
    clipped += std::count(out.pixels.begin(), out.pixels.end(), 255) > 600 ? 1 : 0;
  }
  EXPECT_NEAR(clipped, 50, 20);  // whenever the mean is above 0 more than half of the values are
}

TEST(MultiplicativeNoise, ReferenceWrapsBrightPixels) {
  Rng rng(8, 3);
  const auto op = one("reference:multiplicative-noise");
  const Input black = constant_image({20, 20, 3}, 0);
  const Input white = constant_image({20, 20, 3}, 255);
  double dark = 0;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(mutant(*op, black, rng), black);
    const Input out = mutant(*op, white, rng);
    dark += static_cast<double>(std::count_if(out.pixels.begin(), out.pixels.end(), [](int v) { return v < 64; }));
  }
  EXPECT_GT(dark / (200.0 * 1200.0), 0.15);  // 255 x (1 + n) - 256 is below 64 for 0 < n < 1/4: one mean in four
}

TEST(MultiplicativeNoise, FlavoursDifferByRoundingAlone) {
  const Input in = constant_image({40, 40, 1}, 100);
  Rng a(8, 4);
  Rng b(8, 4);
  double above = 0;
  double compared = 0;
  for (int i = 0; i < 50; ++i) {
    const Input rounded = mutant(*one("multiplicative-noise"), in, a);
    const Input truncated = mutant(*one("reference:multiplicative-noise"), in, b);
    for (std::size_t k = 0; k < in.pixels.size(); ++k) {
      if (rounded.pixels[k] == 0 || rounded.pixels[k] == 255) continue;  // perhaps clipped, or wrapped
      const int difference = rounded.pixels[k] - truncated.pixels[k];
      ASSERT_TRUE(difference == 0 || difference == 1);
      above += difference;
      ++compared;
    }
  }
  EXPECT_NEAR(above / compared, 0.5, 0.02);
}

}  // namespace
}  // namespace dflare
