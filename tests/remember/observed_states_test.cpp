// ObservedStates answers exactly as a plain search over all states would.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dflare/error.h"
#include "dflare/observed_states.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

using State = std::vector<float>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

bool add(ObservedStates& states, const State& s) { return states.add_if_new(s, {}); }

// The contract, written out.
class PlainStates {
 public:
  explicit PlainStates(float squared_radius) : squared_radius_(squared_radius) {}
  bool add(const State& s) {
    for (const State& other : states_) {
      double sum = 0;
      for (std::size_t i = 0; i < s.size(); ++i) {
        const double difference = static_cast<double>(s[i]) - static_cast<double>(other[i]);
        sum += difference * difference;
      }
      if (sum < squared_radius_) return false;
    }
    states_.push_back(s);
    return true;
  }

 private:
  float squared_radius_;
  std::vector<State> states_;
};

// Adds `count` states made by `make`; both must say the same of each. Returns how many were new.
template <class Make>
int agree(std::size_t dimensions, float squared_radius, int count, Make make) {
  ObservedStates states;
  states.reset(dimensions, squared_radius);
  PlainStates plain(squared_radius);
  int fresh = 0;
  for (int i = 0; i < count; ++i) {
    const State s = make();
    const bool expected = plain.add(s);
    fresh += expected ? 1 : 0;
    EXPECT_EQ(add(states, s), expected) << "state " << i << " of " << dimensions << " values";
    if (testing::Test::HasFailure()) return -1;
  }
  EXPECT_EQ(states.size(), static_cast<std::size_t>(fresh));
  return fresh;
}

State softmax(std::size_t classes, double spread, Rng& rng) {
  State p(classes);
  double sum = 0;
  for (float& v : p) sum += v = static_cast<float>(std::exp(spread * static_cast<double>(rng.normal())));
  for (float& v : p) v = static_cast<float>(v / sum);
  return p;
}

TEST(ObservedStates, AgreesWithAPlainSearchOnAnswersOfTwoModels) {
  for (const std::size_t classes : {2U, 3U, 10U, 64U, 65U, 100U, 1000U}) {
    for (const double spread : {0.5, 2.0, 5.0, 9.0}) {
      Rng rng(1, classes);
      const int fresh = agree(2 * classes, 0.5F, 400, [&] {
        State s = softmax(classes, spread, rng);
        const State g = softmax(classes, spread, rng);
        s.insert(s.end(), g.begin(), g.end());
        return s;
      });
      EXPECT_GE(fresh, 1);
    }
  }
}

// Every state lies at about the radius from its cluster's centre: half are new to it.
TEST(ObservedStates, AgreesWithAPlainSearchOnClusters) {
  for (const std::size_t dimensions : {1U, 7U, 8U, 20U, 127U, 128U, 300U, 2000U}) {
    Rng rng(2, dimensions);
    std::vector<State> centres(5, State(dimensions));
    for (State& centre : centres) rng.normals(centre);
    const int fresh = agree(dimensions, 0.5F, 300, [&] {
      State s = centres[rng.below(5)];
      const auto d = static_cast<double>(dimensions);
      const float sd = static_cast<float>(std::sqrt(0.5 / d) * (0.3 + rng.uniform()));
      for (float& v : s) v += sd * rng.normal();
      return s;
    });
    EXPECT_GE(fresh, 2);
    EXPECT_LT(fresh, 300);
  }
}

// Distances that differ from the radius by rounding errors alone.
TEST(ObservedStates, AgreesWithAPlainSearchAtTheRadiusItself) {
  for (const std::size_t dimensions : {2U, 20U, 130U, 2000U}) {
    Rng rng(3, dimensions);
    State centre(dimensions);
    rng.normals(centre);
    for (int round = 0; round < 200; ++round) {
      State direction(dimensions);
      rng.normals(direction);
      double norm = 0;
      for (const float v : direction) norm += static_cast<double>(v) * static_cast<double>(v);
      const double length = std::sqrt(0.5 / norm) * (1.0 + (rng.uniform() - 0.5) * 1e-6);
      bool first = true;
      agree(dimensions, 0.5F, 2, [&] {
        State s = centre;
        if (!first) {
          for (std::size_t i = 0; i < dimensions; ++i)
            s[i] += static_cast<float>(length * static_cast<double>(direction[i]));
        }
        first = false;
        return s;
      });
    }
  }
}

TEST(ObservedStates, AgreesWithAPlainSearchOnHugeTinyAndZeroValues) {
  const std::vector<float> values = {0.0F, -0.0F, 1e-45F, -1e-45F, 1e-38F, 1e-20F, -1e-20F, 0.5F,
                                     1.0F, -1.0F, 1e10F,  1e19F,   -1e19F, 1e30F,  3e38F,   -3e38F};
  for (const std::size_t dimensions : {1U, 3U, 20U, 200U}) {
    for (const float radius : {0.0F, 1e-45F, 1e-38F, 1e-6F, 0.5F, 1e20F, 3e38F}) {
      Rng rng(4, dimensions);
      agree(dimensions, radius, 200, [&] {
        State s(dimensions);
        for (float& v : s) v = values[rng.below(dimensions < 10 ? 16 : 8)];
        if (rng.below(4) == 0) s[rng.below(static_cast<std::uint32_t>(dimensions))] = values[rng.below(16)];
        return s;
      });
    }
  }
}

TEST(ObservedStates, TheFirstStateIsNewAndItsRepetitionIsNot) {
  ObservedStates states;
  states.reset(4, 0.5F);
  EXPECT_TRUE(states.add_if_new(State{1, 0}, State{0, 1}));
  EXPECT_FALSE(states.add_if_new(State{1, 0}, State{0, 1}));
  EXPECT_EQ(states.size(), 1U);
}

TEST(ObservedStates, AStateExactlyAtTheRadiusIsNew) {
  ObservedStates states;
  states.reset(2, 0.5F);
  ASSERT_TRUE(add(states, {0, 0}));
  EXPECT_TRUE(add(states, {0.5F, 0.5F}));
  EXPECT_FALSE(add(states, {-0.5F, std::nextafter(0.5F, 0.0F)}));
  EXPECT_TRUE(add(states, {-0.5F, 0.5F}));
}

TEST(ObservedStates, ARejectedStateIsNotRemembered) {
  ObservedStates states;
  states.reset(1, 1.0F);
  ASSERT_TRUE(add(states, {0.0F}));
  ASSERT_FALSE(add(states, {0.9F}));
  EXPECT_TRUE(add(states, {1.5F}));  // near the rejected one, not near the first
}

TEST(ObservedStates, ResetForgetsAndChangesTheDimensions) {
  ObservedStates states;
  states.reset(20, 0.5F);
  ASSERT_TRUE(add(states, State(20, 0.0F)));
  states.reset(3, 0.5F);
  EXPECT_EQ(states.size(), 0U);
  EXPECT_TRUE(add(states, State(3, 0.0F)));
  states.reset(200, 0.5F);
  EXPECT_TRUE(add(states, State(200, 0.0F)));
  EXPECT_FALSE(add(states, State(200, 0.01F)));
}

TEST(ObservedStates, ResetForgetsWhichStateWasMetLast) {
  ObservedStates states;
  states.reset(2, 0.5F);
  for (int i = 0; i < 6; ++i) add(states, {static_cast<float>(10 * i), 0});
  EXPECT_FALSE(add(states, {50, 0}));  // the sixth is met again
  states.reset(2, 0.5F);
  EXPECT_TRUE(add(states, {0, 0}));
  EXPECT_TRUE(add(states, {50, 0}));
}

TEST(ObservedStates, NaNAndInfinityAreNeverNewAndPoisonNothing) {
  for (const std::size_t dimensions : {4U, 300U}) {
    ObservedStates states;
    states.reset(dimensions, 0.5F);
    for (const float bad : {kNaN, kInfinity, -kInfinity}) {
      State s(dimensions, 0.0F);
      s[dimensions - 1] = bad;
      EXPECT_FALSE(add(states, s));
      EXPECT_EQ(states.size(), 0U);
    }
    EXPECT_TRUE(add(states, State(dimensions, 0.0F)));
    State far(dimensions, 0.0F);
    far[0] = kNaN;
    EXPECT_FALSE(add(states, far));
    far[0] = 5.0F;
    EXPECT_TRUE(add(states, far));
    EXPECT_EQ(states.size(), 2U);
  }
}

TEST(ObservedStates, AStateOfAnotherLengthIsRefused) {
  ObservedStates states;
  states.reset(20, 0.5F);
  EXPECT_THROW(states.add_if_new(State(10), State(11)), Error);
}

TEST(ObservedStates, HoldsTwentyThousandStates) {
  ObservedStates states;
  states.reset(20, 0.5F);
  std::vector<State> kept;
  Rng rng(6, 1);
  while (states.size() < 20000) {
    State s(20);
    rng.normals(s);
    for (float& v : s) v *= 3.0F;
    if (add(states, s)) kept.push_back(s);
  }
  for (std::size_t i = 0; i < kept.size(); i += 100) {
    State near = kept[i];
    near[i % 20] += 0.3F;
    EXPECT_FALSE(add(states, near));
  }
  EXPECT_EQ(states.size(), 20000U);
}

}  // namespace
}  // namespace dflare
