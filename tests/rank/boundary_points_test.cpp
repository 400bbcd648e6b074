// Points on the original's boundary lie there, and a shift at them is what it says.
#include "rank/boundary_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dflare/corruptions.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr OutputReading kLogits{OutputKind::kLogits, 0, 0};

// Says 1 where the image is brighter than 128; an image of 120 gets there by brightening.
std::unique_ptr<Model> bright() {
  return make_function_model(kShape, 2, [](InputView in, std::span<float> out) {
    out[0] = 0;
    out[1] = static_cast<float>((toy::mean_of(in) - 128) / 16);
  });
}

std::vector<SeedIndex> all_of(const SeedSet& seeds) {
  std::vector<SeedIndex> list;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) list.emplace_back(static_cast<std::int32_t>(i));
  return list;
}

std::vector<NaturalImage> points_of(const SeedSet& seeds, int per_seed = 13, int workers = 1, int batch = 8) {
  const std::atomic<bool> stop{false};
  std::vector<int> labels;
  for (const Seed& seed : seeds.seeds) labels.push_back(toy::mean_of(seed.input.view()) > 128 ? 1 : 0);
  return find_boundary_points(*bright(), kLogits, seeds, all_of(seeds), labels, per_seed, 5,
                              {.workers = workers, .batch = batch, .stop = &stop});
}

// A step of a thousandth further, and the label is left.
TEST(BoundaryPoints, LieJustInsideTheBoundary) {
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 120), toy::filled(kShape, 140)});
  const std::vector<NaturalImage> points = points_of(seeds);
  ASSERT_GE(points.size(), 2U) << "brightening the one and darkening the other lead there";
  for (const NaturalImage& point : points) {
    Input inside(kShape);
    Input outside(kShape);
    NaturalImage next = point;
    next.strength += 0.0013;
    render(seeds, point, inside.pixels);
    render(seeds, next, outside.pixels);
    const bool seed_is_bright = point.seed.value == 1;
    EXPECT_EQ(toy::mean_of(inside.view()) > 128, seed_is_bright);
    EXPECT_NE(toy::mean_of(outside.view()) > 128, seed_is_bright);
  }
}

TEST(BoundaryPoints, SeedThatKeepsItsLabelHasNone) {
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 0)});
  for (const NaturalImage& point : points_of(seeds)) {
    EXPECT_EQ(corruptions()[static_cast<std::size_t>(point.corruption)]->name(), "brighten");
  }
}

TEST(BoundaryPoints, DoNotDependOnBatchOrWorkers) {
  const SeedSet seeds = toy::varied_seeds(kShape, 12);
  const std::vector<NaturalImage> expected = points_of(seeds);
  ASSERT_FALSE(expected.empty());
  for (const auto& [workers, batch] : {std::pair{1, 1}, {3, 5}, {2, 64}}) {
    const std::vector<NaturalImage> points = points_of(seeds, 13, workers, batch);
    ASSERT_EQ(points.size(), expected.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(points[i].strength, expected[i].strength);
      EXPECT_EQ(points[i].key, expected[i].key);
    }
  }
}

Answers says(std::vector<float> logits) {
  Answers answers;
  std::ranges::copy(logits, answers.prepare(1, logits.size()).begin());
  answers.interpret(kLogits);
  return answers;
}

TEST(Shift, IsTheDifferenceOfLogOddsOfTheTwoLabels) {
  const Answers f = says({2, 1.5F, -3});
  EXPECT_NEAR(shift_at(f[0], says({2, 1.5F, 7})[0]), 0, 1e-5) << "the third label does not matter";
  EXPECT_NEAR(shift_at(f[0], says({2, 1.0F, -3})[0]), 0.5, 1e-5);
  EXPECT_NEAR(shift_at(f[0], says({1, 1.5F, -3})[0]), 1, 1e-5) << "towards and beyond the boundary alike";
}

TEST(Shift, SaysNothingWhereTheOriginalDoesNotWaver) {
  EXPECT_LT(shift_at(says({3, 1})[0], says({0, 5})[0]), 0);
  EXPECT_LT(shift_at(says({std::numeric_limits<float>::quiet_NaN(), 1})[0], says({0, 5})[0]), 0);
}

TEST(Shift, IsBounded) {
  EXPECT_EQ(shift_at(says({1, 1})[0], says({0, 500})[0]), kMostShift);
  EXPECT_EQ(shift_at(says({1, 1})[0], says({0, std::numeric_limits<float>::infinity()})[0]), kMostShift);
}

}  // namespace
}  // namespace dflare
