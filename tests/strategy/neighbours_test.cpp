// Which other seed a path leads to.
#include "strategy/neighbours.h"

#include <gtest/gtest.h>

#include <set>

namespace dflare {
namespace {

constexpr Shape kShape{4, 4, 1};

// Seeds of one grey level each; the original says 1 from 100 on, else 0.
class Neighbours : public testing::Test {
 protected:
  void use(const std::vector<int>& levels) {
    seeds_.seeds.resize(levels.size());
    const auto raw = context_.original.prepare(levels.size(), 2);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      seeds_.seeds[i].input = Input(kShape);
      std::ranges::fill(seeds_.seeds[i].input.pixels, static_cast<std::uint8_t>(levels[i]));
      raw[2 * i] = levels[i] < 100 ? 1.0F : 0.0F;
      raw[2 * i + 1] = 1 - raw[2 * i];
      context_.usable.emplace_back(static_cast<std::int32_t>(i));
    }
    context_.original.interpret({});
    context_.seeds = &seeds_;
    context_.shape = kShape;
    context_.classes = 2;
  }
  // Of the first seed.
  int near(int candidates, Rng& rng) const { return near_other_seed(context_, SeedIndex(0), 0, candidates, rng).value; }

  SeedSet seeds_;
  RunContext context_;
};

TEST_F(Neighbours, NearestOfTheCandidatesIsTaken) {
  use({50, 60, 250, 130, 200, 40});
  Rng rng(1, 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(near(100, rng), 3);
}

TEST_F(Neighbours, OneCandidateIsAnySeedOfAnotherLabel) {
  use({50, 60, 250, 130, 200, 40});
  Rng rng(1, 0);
  std::set<int> met;
  for (int i = 0; i < 100; ++i) met.insert(near(1, rng));
  EXPECT_EQ(met, (std::set<int>{2, 3, 4}));
}

TEST_F(Neighbours, ThereIsNoneWhereAllSeedsHaveOneLabel) {
  use({50, 60, 70});
  Rng rng(1, 0);
  EXPECT_LT(near(24, rng), 0);
}

}  // namespace
}  // namespace dflare
