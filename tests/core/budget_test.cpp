// Distances against values that another program computed, and keeping within budgets.
#include "dflare/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dflare/rng.h"

namespace dflare {
namespace {

// A texture that both programs can make.
Input texture(Shape shape) {
  Input image(shape);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>((i * 37 + 11 + i * i % 23) % 256);
  }
  return image;
}

Input changed(const Input& image) {
  Input out = image;
  for (std::size_t i = 0; i < out.pixels.size(); ++i) {
    const int change = static_cast<int>(i * 13 % 41) - 20;
    out.pixels[i] = static_cast<std::uint8_t>(std::clamp(out.pixels[i] + change, 0, 255));
  }
  return out;
}

Input noise(Shape shape, Rng& rng) {
  Input image(shape);
  for (auto& v : image.pixels) v = static_cast<std::uint8_t>(rng.below(256));
  return image;
}

struct Known {
  Shape shape;
  double linf, l2, ssim;
};

// skimage.metrics.structural_similarity(a, b, win_size=largest odd <= min(7, H, W), data_range=255, channel_axis=-1 of
// colour images) of scikit-image 0.26.0; the distances by NumPy.
const Known kKnown[] = {
    {{7, 7, 1}, 20, 0.3156314652213158, 0.98832165504759384},
    {{9, 8, 1}, 20, 0.38323177030768751, 0.98755546716066511},
    {{8, 12, 3}, 20, 0.77285750783215768, 0.98761743520071688},
    {{3, 4, 1}, 19, 0.13942265752651903, 0.99024661258234614},
    {{5, 6, 3}, 20, 0.43069465451602867, 0.98792293046442703},
    {{28, 28, 1}, 20, 1.2718161580469407, 0.98777654942589921},
};

TEST(Budget, DistancesAreThoseOfScikitImageAndNumpy) {
  for (const Known& known : kKnown) {
    const Input a = texture(known.shape);
    const Input b = changed(a);
    const Distance d = distance(a.view(), b.view());
    SCOPED_TRACE(testing::Message() << known.shape.height << " x " << known.shape.width << " x "
                                    << known.shape.channels);
    EXPECT_EQ(d.linf, known.linf);
    EXPECT_NEAR(d.l2, known.l2, 1e-12);
    EXPECT_NEAR(d.ssim, known.ssim, 1e-9);
    EXPECT_DOUBLE_EQ(ssim(b.view(), a.view()), d.ssim) << "not the same both ways";
    EXPECT_EQ(l2_distance(a.view(), b.view()), d.l2);
  }
}

TEST(Budget, EqualImagesAreEntirelySimilar) {
  Rng rng(1, 0);
  for (const Shape shape : {Shape{1, 1, 1}, Shape{1, 9, 3}, Shape{2, 2, 1}, Shape{3, 2, 3}, Shape{31, 17, 3}}) {
    const Input image = noise(shape, rng);
    EXPECT_EQ(ssim(image.view(), image.view()), 1.0);
  }
}

// A window of one value has no variance: only the two values' luminances are compared.
TEST(Budget, SimilarityOfSinglePixelsIsThatOfTheirLuminances) {
  Input a(Shape{1, 1, 1});
  Input b(Shape{1, 1, 1});
  a.pixels[0] = 100;
  b.pixels[0] = 180;
  const double c1 = 2.55 * 2.55;
  EXPECT_NEAR(ssim(a.view(), b.view()), (2 * 100.0 * 180.0 + c1) / (100.0 * 100 + 180.0 * 180 + c1), 1e-12);
}

TEST(Budget, NoLimitAllowsEverything) {
  EXPECT_TRUE(PerturbationBudget{}.unlimited());
  EXPECT_TRUE(PerturbationBudget{}.allows({255, 1e6, -1}));
  EXPECT_FALSE((PerturbationBudget{.min_ssim = 0.1}.unlimited()));
}

TEST(Budget, LimitsThemselvesAreAllowed) {
  const PerturbationBudget budget{.linf = 8, .l2 = 1.5, .min_ssim = 0.9};
  EXPECT_TRUE(budget.allows({8, 1.5, 0.9}));
  EXPECT_FALSE(budget.allows({9, 1.5, 0.9}));
  EXPECT_FALSE(budget.allows({8, std::nextafter(1.5, 2), 0.9}));
  EXPECT_FALSE(budget.allows({8, 1.5, std::nextafter(0.9, 0)}));
}

PerturbationBudget random_budget(Rng& rng) {
  PerturbationBudget budget;
  const auto on = rng.below(8);
  if ((on & 1U) != 0) budget.linf = 60 * rng.uniform();
  if ((on & 2U) != 0) budget.l2 = 3 * rng.uniform();
  if ((on & 4U) != 0) budget.min_ssim = rng.uniform();
  return budget;
}

TEST(Project, NothingExceedsTheBudgetAfterIt) {
  Rng rng(2, 0);
  const Shape shapes[] = {{1, 1, 1}, {3, 2, 1}, {5, 5, 3}, {8, 8, 1}, {12, 9, 3}};
  for (int i = 0; i < 2000; ++i) {
    const Input seed = noise(shapes[i % 5], rng);
    Input image = noise(seed.shape, rng);
    const PerturbationBudget budget = random_budget(rng);
    project(budget, seed.view(), image.pixels);
    const Distance d = distance(seed.view(), image.view());
    ASSERT_TRUE(budget.allows(d)) << "case " << i << ": linf " << d.linf << " of " << budget.linf << ", l2 " << d.l2
                                  << " of " << budget.l2 << ", ssim " << d.ssim << " of " << budget.min_ssim;
  }
}

TEST(Project, ImageWithinTheBudgetStaysAsItIs) {
  Rng rng(3, 0);
  for (int i = 0; i < 500; ++i) {
    const Input seed = noise({9, 9, 3}, rng);
    Input image = seed;
    for (auto& v : image.pixels) v = static_cast<std::uint8_t>(std::clamp(v + rng.between(-5, 5), 0, 255));
    const Distance d = distance(seed.view(), image.view());
    const Input before = image;
    project({.linf = d.linf, .l2 = d.l2, .min_ssim = d.ssim}, seed.view(), image.pixels);
    ASSERT_EQ(image, before);
  }
}

TEST(Project, OnlyMovesTowardsTheSeed) {
  Rng rng(4, 0);
  for (int i = 0; i < 500; ++i) {
    const Input seed = noise({6, 7, 1}, rng);
    Input image = noise(seed.shape, rng);
    const Input before = image;
    project(random_budget(rng), seed.view(), image.pixels);
    for (std::size_t k = 0; k < image.pixels.size(); ++k) {
      ASSERT_GE(image.pixels[k], std::min(seed.pixels[k], before.pixels[k]));
      ASSERT_LE(image.pixels[k], std::max(seed.pixels[k], before.pixels[k]));
    }
  }
}

TEST(Project, LimitBetweenGreyLevelsRoundsDown) {
  Input seed(Shape{1, 2, 1});
  seed.pixels = {100, 100};
  Input image = seed;
  image.pixels = {150, 60};
  project({.linf = 7.9}, seed.view(), image.pixels);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{107, 93}));
}

// Where share x change rounds up to a whole grey level, the last bit must not count as within.
TEST(Project, L2LimitAHairBelowAWholeGreyLevelHolds) {
  for (int limit = 1; limit < 100; ++limit) {
    Input seed(Shape{1, 1, 1});
    Input image(Shape{1, 1, 1});
    image.pixels[0] = 100;
    const PerturbationBudget budget{.l2 = std::nextafter(limit / 255.0, 0)};
    project(budget, seed.view(), image.pixels);
    EXPECT_LE(l2_distance(seed.view(), image.view()), budget.l2) << "limit " << limit;
  }
}

TEST(Project, FullSimilarityLeavesTheSeed) {
  Rng rng(5, 0);
  const Input seed = noise({8, 8, 1}, rng);
  Input image = noise({8, 8, 1}, rng);
  project({.min_ssim = 1}, seed.view(), image.pixels);
  EXPECT_EQ(ssim(seed.view(), image.view()), 1);
}

TEST(Project, LimitsThatNoOtherImageKeepsLeaveTheSeed) {
  Rng rng(6, 0);
  const Input seed = noise({8, 8, 1}, rng);
  for (const PerturbationBudget& budget : {PerturbationBudget{.min_ssim = 1.5}, PerturbationBudget{.l2 = 1e-300}}) {
    Input image = noise({8, 8, 1}, rng);
    project(budget, seed.view(), image.pixels);
    EXPECT_EQ(image, seed);
  }
}

}  // namespace
}  // namespace dflare
