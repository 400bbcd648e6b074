// Which mutants the paper's search keeps, in its three variants.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "strategy/scripted_chain.h"

namespace dflare {
namespace {

StrategyOptions with(Fitness fitness) { return {.name = "dflare", .fitness = fitness, .operators = "pixel-change"}; }

// A state of both models farther than 0.5 (squared) from another one needs both to change by 0.36 or more.
constexpr Say kEqual{0.9F, 0.9F};  // gap 0
constexpr Say kFarOff{0.52F, 0.52F};

struct AcceptanceCase {
  std::string name;
  Say seed;
  Say mutant;
  bool paper;
  bool reference;
  bool no_state;
};

void PrintTo(const AcceptanceCase& c, std::ostream* os) { *os << c.name; }

class Acceptance : public testing::TestWithParam<AcceptanceCase> {};

TEST_P(Acceptance, OfTheFirstMutantFollowsTheRule) {
  const AcceptanceCase& c = GetParam();
  EXPECT_EQ(ScriptedChain(with(Fitness::kPaper), c.seed).accepts(c.mutant), c.paper) << "paper";
  EXPECT_EQ(ScriptedChain(with(Fitness::kReference), c.seed).accepts(c.mutant), c.reference) << "reference";
  EXPECT_EQ(ScriptedChain(with(Fitness::kNoState), c.seed).accepts(c.mutant), c.no_state) << "no-state";
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Acceptance,
    testing::Values(AcceptanceCase{"WiderGap", kEqual, {0.9F, 0.88F}, true, true, true},
                    AcceptanceCase{"WiderGapOfTheOtherSign", kEqual, {0.88F, 0.9F}, true, true, true},
                    AcceptanceCase{"GapWiderByLessThanEpsilon", kEqual, {0.9F, 0.8995F}, false, false, true},
                    AcceptanceCase{"NothingChanged", kEqual, kEqual, false, false, false},
                    AcceptanceCase{"SameGapElsewhereNearby", kEqual, {0.8F, 0.8F}, false, false, false},
                    AcceptanceCase{"SameGapInANewState", kEqual, kFarOff, true, true, false},
                    AcceptanceCase{"GapWiderByLessThanEpsilonInANewState", kEqual, {0.52F, 0.5205F}, true, true, true},
                    // The reference starts from gap 0, not from the seed's, and so accepts it anew.
                    AcceptanceCase{"TheSeedsOwnGap", {0.9F, 0.6F}, {0.9F, 0.6F}, false, true, false},
                    AcceptanceCase{"NarrowerGap", {0.9F, 0.6F}, {0.8F, 0.7F}, false, true, false},
                    AcceptanceCase{"GapClosed", {0.8F, 0.7F}, {0.75F, 0.75F}, false, false, false},
                    // Novelty does not make up for a narrower gap in the paper; in the reference it does.
                    AcceptanceCase{"NarrowerGapInANewState", {0.99F, 0.9F}, {0.51F, 0.51F}, false, true, false}),
    [](const testing::TestParamInfo<AcceptanceCase>& tested) { return tested.param.name; });

TEST(Dflare, GapIsMeasuredAgainstTheLastAccepted) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_TRUE(chain.accepts({0.9F, 0.8F}));
  EXPECT_FALSE(chain.accepts({0.9F, 0.85F}));
  EXPECT_TRUE(chain.accepts({0.9F, 0.75F}));
}

TEST(Dflare, RejectedMutantLeavesTheBaseAlone) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
  EXPECT_FALSE(chain.accepts(kEqual));
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
}

TEST(Dflare, ReferenceAcceptsANarrowerGapToo) {
  ScriptedChain chain(with(Fitness::kReference), kEqual);
  EXPECT_TRUE(chain.accepts({0.9F, 0.7F}));
  EXPECT_TRUE(chain.accepts({0.9F, 0.8F}));
  EXPECT_FALSE(chain.accepts({0.9F, 0.8005F}));
}

TEST(Dflare, NoStateClimbsByAnyAmount) {
  ScriptedChain chain(with(Fitness::kNoState), kEqual);
  EXPECT_TRUE(chain.accepts({0.9F, 0.8999F}));
  EXPECT_TRUE(chain.accepts({0.9F, 0.8998F}));
  EXPECT_FALSE(chain.accepts({0.9F, 0.8998F}));
}

// The start value of the authors' code is -1, compared by absolute value: only a gap wider than 1 would beat it.
TEST(Dflare, NoStateReferenceKeepsNothing) {
  ScriptedChain chain(with(Fitness::kNoStateReference), kEqual);
  EXPECT_FALSE(chain.accepts({0.9F, 0.6F}));
  EXPECT_FALSE(chain.accepts({1.0F, 0.0F})) << "the widest gap there is";
  EXPECT_FALSE(chain.accepts(kFarOff));
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
  EXPECT_EQ(chain.observe({0.9F, 0.4F}).kind, Decision::Kind::kDeviation);
}

TEST(Dflare, StateIsNewOnlyOnce) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_TRUE(chain.accepts(kFarOff));
  EXPECT_FALSE(chain.accepts(kFarOff));
  EXPECT_FALSE(chain.accepts({0.55F, 0.55F}));
}

TEST(Dflare, StateOfTheSeedIsKnown) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_TRUE(chain.accepts(kFarOff));
  EXPECT_FALSE(chain.accepts(kEqual));
}

// O(x) looks at every earlier state of the chain, accepted or not.
TEST(Dflare, StateOfARejectedMutantIsRemembered) {
  ScriptedChain chain(with(Fitness::kPaper), {0.99F, 0.9F});
  EXPECT_FALSE(chain.accepts({0.51F, 0.51F})) << "new, but its gap is 0 against 0.09";
  EXPECT_FALSE(chain.accepts({0.59F, 0.5F})) << "gap 0.09, but near the state just rejected";
  ScriptedChain fresh(with(Fitness::kPaper), {0.99F, 0.9F});
  EXPECT_TRUE(fresh.accepts({0.59F, 0.5F})) << "the same mutant is new to a chain that did not see the other";
}

TEST(Dflare, NotFiniteMutantIsNeverKept) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Fitness fitness : {Fitness::kPaper, Fitness::kReference, Fitness::kNoState}) {
    ScriptedChain chain(with(fitness), kEqual);
    EXPECT_FALSE(chain.accepts({nan, 0.9F}));
    EXPECT_FALSE(chain.accepts({0.9F, nan}));
    EXPECT_TRUE(chain.accepts({0.9F, 0.8F})) << "and does not spoil what follows";
  }
}

TEST(Dflare, DeviationEndsTheSearch) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_EQ(chain.observe({0.9F, 0.6F}).kind, Decision::Kind::kGoOn);
  const Decision decision = chain.observe({0.9F, 0.4F});
  EXPECT_EQ(decision.kind, Decision::Kind::kDeviation);
  EXPECT_EQ(decision.row, 0U);
}

TEST(Dflare, TieIsADeviationOnlyWhereTiesCount) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_EQ(chain.observe({0.4F, 0.5F}, TiePolicy::kSkip).kind, Decision::Kind::kGoOn);
  EXPECT_EQ(chain.observe({0.4F, 0.5F}, TiePolicy::kCount).kind, Decision::Kind::kDeviation);
}

// Both leave the seed's label for the same other one: no deviation, and a state like any other.
TEST(Dflare, BothLeavingTheLabelTogetherIsNoDeviation) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  EXPECT_EQ(chain.observe({0.1F, 0.1F}).kind, Decision::Kind::kGoOn);
  EXPECT_NE(chain.base_level(), ScriptedChain::kSeedLevel) << "a new state with the same gap is kept";
}

// After a flaky deviation the engine simply proposes again.
TEST(Dflare, GoesOnFromTheLastAcceptedAfterAFlakyDeviation) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  chain.accepts({0.9F, 0.8F});
  const int best = chain.base_level();
  chain.observe({0.9F, 0.4F});
  EXPECT_EQ(chain.base_level(), best);
  EXPECT_FALSE(chain.accepts({0.9F, 0.85F}));
}

TEST(Dflare, NewChainForgetsTheLastOne) {
  ScriptedChain chain(with(Fitness::kPaper), kEqual);
  chain.accepts({0.9F, 0.6F});
  chain.accepts({0.52F, 0.8F});
  chain.begin(kEqual);
  EXPECT_EQ(chain.base_level(), ScriptedChain::kSeedLevel);
  EXPECT_TRUE(chain.accepts({0.9F, 0.88F})) << "the gap starts anew";
  chain.begin(kEqual);
  EXPECT_TRUE(chain.accepts(kFarOff)) << "the states start anew";
}

TEST(Dflare, SameStreamProposesTheSameImages) {
  ScriptedChain a(with(Fitness::kPaper), kEqual);
  ScriptedChain b(with(Fitness::kPaper), kEqual);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(a.proposal(), b.proposal());
    const Say say{0.9F, 0.9F - 0.005F * static_cast<float>(i % 7)};
    a.observe(say);
    b.observe(say);
  }
}

}  // namespace
}  // namespace dflare
