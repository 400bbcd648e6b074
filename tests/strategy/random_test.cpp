// The baseline: a walk that keeps every mutant.
#include <gtest/gtest.h>

#include "strategy/scripted_chain.h"

namespace dflare {
namespace {

const StrategyOptions kRandom{.name = "random", .operators = "pixel-change"};

TEST(Random, KeepsEveryMutant) {
  ScriptedChain chain(kRandom, {0.9F, 0.9F});
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
  for (const Say say : {Say{0.9F, 0.9F}, Say{0.9F, 0.6F}, Say{0.7F, 0.7F}, Say{0.2F, 0.2F}}) {
    EXPECT_TRUE(chain.accepts(say));
  }
}

TEST(Random, DeviationEndsTheSearch) {
  ScriptedChain chain(kRandom, {0.9F, 0.9F});
  EXPECT_EQ(chain.observe({0.4F, 0.6F}).kind, Decision::Kind::kDeviation);
}

TEST(Random, NewChainStartsFromItsSeed) {
  ScriptedChain chain(kRandom, {0.9F, 0.9F});
  chain.observe({0.9F, 0.9F});
  chain.begin({0.9F, 0.9F});
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
}

}  // namespace
}  // namespace dflare
