// Root finding on two models whose flips are known.
#include "strategy/flip_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "dflare/rng.h"

namespace dflare {
namespace {

using Curve = std::function<double(double)>;  // t -> lead of the label over its rival
constexpr int kLabel = 1;

// Three classes: the label, a rival over which it leads by `lead`, and a third one far below.
std::vector<float> log_p(double lead) {
  const double z[] = {0, lead, -20};
  const double sum = std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2]);
  std::vector<float> out;
  for (const double v : z) out.push_back(static_cast<float>(v - std::log(sum)));
  return out;
}

// A path along which the two models' leads are known curves, and a search on it.
class Path {
 public:
  Path(Curve original, Curve compressed, TieScale ties = {})
      : original_(std::move(original)), compressed_(std::move(compressed)), ties_(ties) {
    at(0);
    const auto inside_f = f_;
    const auto inside_g = g_;
    at(1);
    search_.start(kLabel, {0, inside_f, inside_g}, {1, f_, g_});
  }

  // Points asked until the labels strictly differ; `most` + 1 if that is not enough.
  int points_until_found(int most) {
    for (int n = 1; n <= most; ++n) {
      t_ = search_.next(ties_);
      EXPECT_GT(t_, search_.inside());
      EXPECT_LT(t_, search_.outside());
      at(t_);
      const double f = original_(t_);
      const double g = compressed_(t_);
      if (f * g < 0) return n;
      const double width = search_.width();
      search_.learn({t_, f_, g_});
      EXPECT_LT(search_.width(), width) << "a point taught nothing";
    }
    return most + 1;
  }
  // Points asked until the search says that ties leave no room.
  int points_until_lost(int most) {
    for (int n = 1; n <= most; ++n) {
      points_until_found(1);
      if (search_.lost_to_ties(ties_)) return n;
    }
    return most + 1;
  }

  [[nodiscard]] double found_at() const { return t_; }
  [[nodiscard]] FlipSearch& search() { return search_; }

 private:
  void at(double t) {
    f_ = log_p(original_(t));
    g_ = log_p(compressed_(t));
  }

  Curve original_, compressed_;
  TieScale ties_;
  std::vector<float> f_, g_;
  FlipSearch search_;
  double t_ = 0;
};

Curve straight(double root, double slope) {
  return [=](double t) { return slope * (root - t); };
}
// Confident up to the flip, then falling steeply: what networks often do.
Curve shoulder(double root) {
  return [=](double t) { return 12 * std::tanh(9 * (root - t)) + 3 * (root - t); };
}
// Steep at first, flat around the flip.
Curve bent(double root) {
  return [=](double t) { return std::exp(-6 * (t - root)) - 1; };
}

TEST(FlipSearch, StraightLinesAreFoundAtOnce) {
  Rng rng(1, 0);
  for (int i = 0; i < 200; ++i) {
    const double root = 0.05 + 0.9 * rng.uniform();
    Path path(straight(root, 5 + 20 * rng.uniform()), straight(root + 0.002, 5 + 20 * rng.uniform()));
    ASSERT_EQ(path.points_until_found(1), 1) << "root " << root;
    ASSERT_GT(path.found_at(), root);
    ASSERT_LT(path.found_at(), root + 0.002);
  }
}

struct CurveCase {
  const char* name;
  Curve (*curve)(double);
  double most;  // points a path on average
};

class FlipSearchOn : public testing::TestWithParam<CurveCase> {};

TEST_P(FlipSearchOn, FindsTheGapWithinAFewPoints) {
  Rng rng(2, 0);
  int all = 0;
  constexpr int kPaths = 300;
  for (int i = 0; i < kPaths; ++i) {
    const double root = 0.1 + 0.8 * rng.uniform();
    const double gap = 0.001 * (rng.uniform() < 0.5 ? -1 : 1);
    Path path(GetParam().curve(root), GetParam().curve(root + gap));
    const int n = path.points_until_found(30);
    ASSERT_LE(n, 30) << "root " << root << ", gap " << gap;
    ASSERT_GT(path.found_at(), std::min(root, root + gap));
    ASSERT_LT(path.found_at(), std::max(root, root + gap));
    all += n;
  }
  RecordProperty("mean_points", std::to_string(static_cast<double>(all) / kPaths));
  EXPECT_LE(static_cast<double>(all) / kPaths, GetParam().most) << "halving alone takes about 10";
}

TEST_P(FlipSearchOn, AHairBetweenTheFlipsIsFoundToo) {
  for (const double root : {0.11, 0.37, 0.5, 0.73, 0.89}) {
    Path path(GetParam().curve(root), GetParam().curve(root + 0x1p-16));
    EXPECT_LE(path.points_until_found(40), 40) << "root " << root;
  }
}

constexpr double kRounding = 1e-6;  // log p are floats

TEST_P(FlipSearchOn, BracketAlwaysHoldsTheOriginalsFlip) {
  for (const double root : {0.11, 0.37, 0.5, 0.73, 0.89}) {
    Path path(GetParam().curve(root), GetParam().curve(root));  // equal models: there is nothing to find
    for (int i = 0; i < 25 && path.search().width() > 1e-6; ++i) {
      path.points_until_found(1);
      ASSERT_LE(path.search().inside(), root + kRounding);
      ASSERT_GE(path.search().outside(), root - kRounding);
    }
    EXPECT_LT(path.search().width(), 0.01) << "root " << root;
  }
}

INSTANTIATE_TEST_SUITE_P(Curves, FlipSearchOn,
                         testing::Values(CurveCase{"shoulder", shoulder, 6}, CurveCase{"bent", bent, 9.5}),
                         [](const testing::TestParamInfo<CurveCase>& tested) {
                           return std::string(tested.param.name);
                         });

// Nearly level up to the flip and then a long way down, or the reverse: secants creep along the level side. Halving now
// and then bounds that; without it the worst of these take 153.
TEST(FlipSearch, ACliffHoldsItUpForAFewHalvingsOnly) {
  const auto cliff = [](double root) -> Curve {
    return [=](double t) { return t < root ? 0.01 * (root - t) : -60 - 5 * (t - root); };
  };
  const auto wall = [](double root) -> Curve {
    return [=](double t) { return t < root ? 15 : -0.001 * (t - root) - 1e-5; };
  };
  Rng rng(2, 0);
  for (int i = 0; i < 300; ++i) {
    const double root = 0.05 + 0.9 * rng.uniform();
    const double gap = 0.001 * (rng.uniform() < 0.5 ? -1 : 1);
    EXPECT_LE(Path(cliff(root), cliff(root + gap)).points_until_found(45), 45) << "cliff at " << root;
    EXPECT_LE(Path(wall(root), wall(root + gap)).points_until_found(45), 45) << "wall at " << root;
  }
}

TEST(FlipSearch, ConfidentModelsAreNoObstacle) {
  // Leads of 60 underflow in float probabilities; log p keeps them.
  Path path([](double t) { return t < 0.6 ? 60 - 10 * t : 54 - 300 * (t - 0.6); },
            [](double t) { return t < 0.6 ? 55 - 9 * t : 49.6 - 300 * (t - 0.6); });
  EXPECT_LE(path.points_until_found(20), 20);
}

TEST(FlipSearch, LearnSaysWhetherTheInnerEndMoved) {
  const Curve lead = straight(0.5, 8);
  Path path(lead, lead);
  const auto near_end = log_p(2);
  const auto far = log_p(-2);
  EXPECT_TRUE(path.search().learn({0.25, near_end, near_end}));
  EXPECT_EQ(path.search().inside(), 0.25);
  EXPECT_FALSE(path.search().learn({0.75, far, far}));
  EXPECT_EQ(path.search().outside(), 0.75);
  path.search().restart_within_bracket();
  EXPECT_EQ(path.search().inside(), 0);
  EXPECT_EQ(path.search().outside(), 1);
}

// ---- answers in steps, as an 8-bit output gives them

constexpr double kStep = 0.2;

Curve in_steps(Curve exact) {
  return [exact = std::move(exact)](double t) { return kStep * std::round(exact(t) / kStep); };
}

// `apart`: how much larger the original's lead is than the compressed model's before rounding, in steps.
Path stepped_path(double apart, TieScale::Side side) {
  const Curve original = [](double t) { return 8 * (0.53 - t) + 0.5 * std::sin(7 * t); };
  const Curve compressed = in_steps([=](double t) { return original(t) - apart * kStep; });
  return {original, compressed, {kStep, side}};
}

TEST(FlipSearchInSteps, DifferencesOfMoreThanHalfAStepAreFoundStrictly) {
  for (const double apart : {-1.5, -0.9, -0.7, 0.7, 0.9, 1.5}) {
    Path path = stepped_path(apart, TieScale::Side::kNeither);
    EXPECT_LE(path.points_until_found(15), 15) << apart << " steps apart";
  }
}

TEST(FlipSearchInSteps, WhereTiesLeaveNoRoomItSaysSo) {
  for (const double apart : {-0.3, 0.0, 0.3}) {
    Path path = stepped_path(apart, TieScale::Side::kNeither);
    EXPECT_LE(path.points_until_lost(40), 40) << apart << " steps apart";
  }
}

// Where ties count by first index there is room whatever the difference, but on one side of the flip only.
TEST(FlipSearchInSteps, CountedTiesLeaveRoomEverywhere) {
  for (const double apart : {-0.3, 0.0, 0.1, 0.3}) {
    for (const bool tie_keeps_label : {true, false}) {
      const auto side = tie_keeps_label ? TieScale::Side::kInside : TieScale::Side::kOutside;
      Path path = stepped_path(apart, side);
      const Curve original = [](double t) { return 8 * (0.53 - t) + 0.5 * std::sin(7 * t); };
      bool found = false;
      for (int i = 0; i < 15 && !found; ++i) {
        const double t = path.search().next({kStep, side});
        const double f = original(t);
        const double g = kStep * std::round((f - apart * kStep) / kStep);
        found = (f > 0) != (g > 0 || (g == 0 && tie_keeps_label));
        const auto f_says = log_p(f);
        const auto g_says = log_p(g);
        if (!found) path.search().learn({t, f_says, g_says});
      }
      EXPECT_TRUE(found) << apart << " steps apart, a tie " << (tie_keeps_label ? "keeps" : "leaves") << " the label";
      EXPECT_FALSE(path.search().lost_to_ties({kStep, side}));
    }
  }
}

}  // namespace
}  // namespace dflare
