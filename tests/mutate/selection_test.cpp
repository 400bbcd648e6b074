// The choice of operators follows Algorithm 2, and its variants do what they are named after.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "dflare/error.h"
#include "mutate/testing.h"

namespace dflare {
namespace {

constexpr std::size_t kCount = 7;

std::size_t choose(OperatorSelection& selection, Rng& rng) {
  return static_cast<std::size_t>(selection.next(rng).value);
}

// Weights (1 - 1/7)^rank, normalised to `total`.
std::vector<double> by_rank(double total) {
  std::vector<double> expected(kCount);
  double sum = 0;
  for (std::size_t k = 0; k < kCount; ++k) sum += expected[k] = std::pow(6.0 / 7.0, static_cast<double>(k));
  for (double& e : expected) e *= total / sum;
  return expected;
}

// Operator i improves with probability 0.9 - 0.13 i: soon ranked by index, for good. Then counts every `thin`-th
// choice.
std::vector<double> settled_choices(SelectionPolicy policy, int count, int thin) {
  OperatorSelection selection;
  selection.reset(policy, kCount);
  Rng rng(1, 1);
  const auto step = [&] {
    const std::size_t op = choose(selection, rng);
    selection.update(rng.uniform() < 0.9 - 0.13 * static_cast<double>(op));
    return op;
  };
  for (int i = 0; i < 20000; ++i) step();
  std::vector<double> seen(kCount, 0.0);
  for (int i = 0; i < count; ++i) {
    for (int skip = 1; skip < thin; ++skip) step();
    ++seen[step()];
  }
  return seen;
}

// A(i, j) = min(1, q^(j - i)) accepts rank j after rank i. Repeated until accepted, i leads to j with A(i, j) / Z(i), Z
// the sum over all j; q^i A(i, j) is symmetric, so in the long run rank i comes in proportion to q^i Z(i).
TEST(MetropolisHastings, SettlesAtTheDistributionThatAlgorithm2Implies) {
  std::vector<double> expected = by_rank(1.0);
  double sum = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    double z = 0;
    for (std::size_t j = 0; j < kCount; ++j) {
      z += std::min(1.0, std::pow(6.0 / 7.0, static_cast<double>(j) - static_cast<double>(i)));
    }
    sum += expected[i] *= z;
  }
  for (double& e : expected) e *= 40000 / sum;
  EXPECT_LT(chi_square(settled_choices(SelectionPolicy::kMetropolisHastings, 40000, 12), expected),
            chi_square_limit(kCount - 1));
}

// From rank k a proposal one rank down is accepted with 6/7; from the last rank everything is accepted.
TEST(MetropolisHastings, RemembersTheOperatorItComesFrom) {
  OperatorSelection selection;
  selection.reset(SelectionPolicy::kMetropolisHastings, kCount);
  Rng rng(1, 2);
  std::vector<double> after_best(kCount, 0.0), after_worst(kCount, 0.0);
  std::size_t last = 0;
  for (int i = 0; i < 400000; ++i) {
    const std::size_t op = choose(selection, rng);
    selection.update(rng.uniform() < 0.9 - 0.13 * static_cast<double>(op));
    if (i > 20000 && last == 0) ++after_best[op];
    if (i > 20000 && last == kCount - 1) ++after_worst[op];
    last = op;
  }
  double best = 0, worst = 0;
  for (const double n : after_best) best += n;
  for (const double n : after_worst) worst += n;
  EXPECT_LT(chi_square(after_best, by_rank(best)), chi_square_limit(kCount - 1));
  EXPECT_LT(chi_square(after_worst, std::vector<double>(kCount, worst / kCount)), chi_square_limit(kCount - 1));
}

TEST(MetropolisHastings, TreatsEqualOperatorsAlike) {
  OperatorSelection selection;
  selection.reset(SelectionPolicy::kMetropolisHastings, kCount);
  Rng rng(1, 3);
  std::vector<double> seen(kCount, 0.0);
  for (int i = 0; i < 70000; ++i) {
    ++seen[choose(selection, rng)];
    selection.update(false);
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(kCount, 10000.0)), chi_square_limit(kCount - 1));
}

TEST(Selection, FirstChoiceIsUniform) {
  for (const auto policy :
       {SelectionPolicy::kMetropolisHastings, SelectionPolicy::kUniform, SelectionPolicy::kReference}) {
    std::vector<double> seen(kCount, 0.0);
    OperatorSelection selection;
    for (std::uint64_t i = 0; i < 7000; ++i) {
      Rng rng(2, i);
      selection.reset(policy, kCount);
      ++seen[choose(selection, rng)];
    }
    EXPECT_LT(chi_square(seen, std::vector<double>(kCount, 1000.0)), chi_square_limit(kCount - 1));
  }
}

TEST(UniformSelection, IgnoresSuccess) {
  EXPECT_LT(chi_square(settled_choices(SelectionPolicy::kUniform, 70000, 1), std::vector<double>(kCount, 10000.0)),
            chi_square_limit(kCount - 1));
}

TEST(ReferenceSelection, IsUniformUntilTheFirstSuccess) {
  OperatorSelection selection;
  selection.reset(SelectionPolicy::kReference, kCount);
  Rng rng(3, 1);
  std::vector<double> seen(kCount, 0.0);
  for (int i = 0; i < 70000; ++i) {
    ++seen[choose(selection, rng)];
    selection.update(false);
  }
  EXPECT_LT(chi_square(seen, std::vector<double>(kCount, 10000.0)), chi_square_limit(kCount - 1));
}

// k1 = -1: a proposal of rank k is accepted with (6/7)^(k+1), whatever came before.
TEST(ReferenceSelection, ForgetsTheOperatorItComesFrom) {
  OperatorSelection selection;
  selection.reset(SelectionPolicy::kReference, kCount);
  Rng rng(3, 2);
  std::vector<double> after_worst(kCount, 0.0);
  std::size_t last = 0;
  for (int i = 0; i < 400000; ++i) {
    const std::size_t op = choose(selection, rng);
    selection.update(rng.uniform() < 0.9 - 0.13 * static_cast<double>(op));
    if (i > 20000 && last == kCount - 1) ++after_worst[op];
    last = op;
  }
  double worst = 0;
  for (const double n : after_worst) worst += n;
  EXPECT_LT(chi_square(after_worst, by_rank(worst)), chi_square_limit(kCount - 1));
}

TEST(Selection, CountsWhatWasSelectedAndWhatImproved) {
  OperatorSelection selection;
  selection.reset(SelectionPolicy::kMetropolisHastings, 3);
  Rng rng(4, 1);
  std::array<std::int64_t, 3> selected{}, improved{};
  for (int i = 0; i < 300; ++i) {
    const std::size_t op = choose(selection, rng);
    ++selected[op];
    improved[op] += i % 3 == 0 ? 1 : 0;
    selection.update(i % 3 == 0);
  }
  for (std::size_t op = 0; op < 3; ++op) {
    EXPECT_EQ(selection.statistics()[op].selected, selected[op]);
    EXPECT_EQ(selection.statistics()[op].improved, improved[op]);
  }
}

TEST(Selection, RepeatsItselfForTheSameStreamAfterAReset) {
  OperatorSelection used, fresh;
  Rng noise(5, 1);
  used.reset(SelectionPolicy::kMetropolisHastings, kCount);
  for (int i = 0; i < 100; ++i) {
    choose(used, noise);
    used.update(i % 5 == 0);
  }
  used.reset(SelectionPolicy::kMetropolisHastings, kCount);
  fresh.reset(SelectionPolicy::kMetropolisHastings, kCount);
  Rng a(5, 2);
  Rng b(5, 2);
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(choose(used, a), choose(fresh, b));
    used.update(i % 7 == 0);
    fresh.update(i % 7 == 0);
  }
}

TEST(Selection, ALoneOperatorIsAlwaysChosen) {
  for (const auto policy :
       {SelectionPolicy::kMetropolisHastings, SelectionPolicy::kUniform, SelectionPolicy::kReference}) {
    OperatorSelection selection;
    selection.reset(policy, 1);
    Rng rng(6, 1);
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(choose(selection, rng), 0U);
      selection.update(i == 3);
    }
  }
}

TEST(Selection, RefusesNoneAndTooMany) {
  OperatorSelection selection;
  EXPECT_THROW(selection.reset(SelectionPolicy::kUniform, 0), Error);
  EXPECT_THROW(selection.reset(SelectionPolicy::kUniform, 65), Error);
  EXPECT_NO_THROW(selection.reset(SelectionPolicy::kUniform, 64));
}

}  // namespace
}  // namespace dflare
