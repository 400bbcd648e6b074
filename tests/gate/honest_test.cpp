// The gate is honest: over thousands of simulated pairs whose truth lies just beyond a limit at most 5 % pass, and of
// those just within at most 5 % fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "dflare/exact_intervals.h"
#include "dflare/gate.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr int kPairs = 10'000;
constexpr double kLimit = 0.05;
constexpr double kBeyond = 0.0501, kWithin = 0.0499;

CalledImage called(int input, int original, int compressed) {
  return {.image = {.seed = SeedIndex(input)},
          .original = original,
          .compressed = compressed,
          .truth = 0,
          .as_drawn = true};
}

// Inputs as they are: the compressed model loses each with one chance, and gains it with another.
FieldAnswers pair_as_it_is(Rng& rng, int inputs, double loses, double gains) {
  FieldAnswers field{.images = {}, .inputs = inputs, .complete = true};
  for (int i = 0; i < inputs; ++i) {
    const double draw = rng.uniform();
    field.images.push_back(draw < loses ? called(i, 0, 1) : draw < loses + gains ? called(i, 1, 0) : called(i, 0, 0));
  }
  return field;
}

// Corrupted ones too: one input in eight is fragile, and its 13 images differ with a chance that makes the mean.
FieldAnswers corrupted_pair(Rng& rng, int inputs, double share) {
  FieldAnswers field{.images = {}, .inputs = inputs, .complete = true};
  for (int i = 0; i < inputs; ++i) {
    field.images.push_back(called(i, 0, 0));
    const bool fragile = rng.uniform() < 0.125;
    for (int k = 0; k < 13; ++k) {
      CalledImage image = called(i, 0, fragile && rng.uniform() < 8 * share ? 1 : 0);
      image.image.corruption = k;
      field.images.push_back(image);
    }
  }
  return field;
}

using Gate = std::function<GateVerdict(Rng&)>;

int count(GateVerdict wanted, int pairs, const Gate& gate) {
  int n = 0;
  for (int i = 0; i < pairs; ++i) {
    Rng rng(20'261'127, static_cast<std::uint64_t>(i));
    n += gate(rng) == wanted ? 1 : 0;
  }
  return n;
}

void expect_honest(const Gate& beyond, const Gate& within, int pairs = kPairs) {
  EXPECT_LE(count(GateVerdict::kPass, pairs, beyond), pairs / 20) << "wrong passes";
  EXPECT_LE(count(GateVerdict::kFail, pairs, within), pairs / 20) << "wrong fails";
}

GateVerdict judged(const GateLimits& limits, const FieldAnswers& field) {
  return verdict_on(judge_field(limits, field, 1));
}

// Pairs that show the same counts are judged once.
class Judge {
 public:
  explicit Judge(const GateLimits& limits) : limits_(limits) {}

  GateVerdict operator()(const FieldAnswers& field) {
    const auto count = [&](bool (CalledImage::*is)() const) {
      return std::ranges::count_if(field.images, [is](const CalledImage& image) { return (image.*is)(); });
    };
    const std::pair counts(count(&CalledImage::regression), count(&CalledImage::gain));
    const auto [known, is_new] = verdicts_.try_emplace(counts);
    if (is_new) known->second = judged(limits_, field);
    return known->second;
  }

 private:
  GateLimits limits_;
  std::map<std::pair<std::ptrdiff_t, std::ptrdiff_t>, GateVerdict> verdicts_;
};

TEST(Honest, Disagreement) {
  const auto gate = [](int inputs, double rate) {
    auto judge = std::make_shared<Judge>(GateLimits{.max_disagreement = kLimit});
    return [=](Rng& rng) { return (*judge)(pair_as_it_is(rng, inputs, rate, 0)); };
  };
  for (const int inputs : {20, 300}) expect_honest(gate(inputs, kBeyond), gate(inputs, kWithin));
}

TEST(Honest, Regressions) {
  const auto gate = [](double rate) {
    auto judge = std::make_shared<Judge>(GateLimits{.max_regressions = kLimit});
    return [=](Rng& rng) { return (*judge)(pair_as_it_is(rng, 150, rate, 0.1)); };
  };
  expect_honest(gate(kBeyond), gate(kWithin));
}

TEST(Honest, AccuracyDrop) {
  const auto gate = [](double drop) {
    auto judge = std::make_shared<Judge>(GateLimits{.max_accuracy_drop = kLimit});
    return [=](Rng& rng) { return (*judge)(pair_as_it_is(rng, 150, drop + 0.01, 0.01)); };
  };
  expect_honest(gate(kBeyond), gate(kWithin));
}

TEST(Honest, CorruptedDisagreement) {
  const auto gate = [](double rate) {
    return [=](Rng& rng) { return judged({.max_corrupted_disagreement = kLimit}, corrupted_pair(rng, 60, rate)); };
  };
  expect_honest(gate(kBeyond), gate(kWithin));
}

// Most searches find at once, few spend all.
TEST(Honest, Queries) {
  const auto gate = [](double mean) {
    return [=](Rng& rng) {
      const double all = (mean - 5) / 1995;
      std::vector<SeedOutcome> outcomes(60);
      for (SeedOutcome& outcome : outcomes) outcome.queries = rng.uniform() < all ? 2000 : 5;
      return verdict_on(judge_searches({.min_queries = 100}, outcomes, 2000, 1));
    };
  };
  expect_honest(gate(99), gate(101));
}

// No interval holds for means of whatever shape: of severities as searches show them, skewed and often 0, this one
// does.
TEST(Honest, Severity) {
  const auto gate = [](double mean) {
    return [=](Rng& rng) {
      std::vector<SeedOutcome> outcomes(60);
      for (SeedOutcome& outcome : outcomes) {
        if (rng.uniform() < 0.8) outcome.severity = mean / 0.8 * 2 * rng.uniform();
      }
      return verdict_on(judge_searches({.max_severity = 1}, outcomes, 2000, 1));
    };
  };
  expect_honest(gate(1.001), gate(0.999), 1000);
}

// What is far enough from its limit is told.
TEST(Honest, WhatIsClearIsNotInconclusive) {
  const GateLimits limits{.max_disagreement = kLimit};
  EXPECT_GT(count(GateVerdict::kPass, 200, [&](Rng& rng) { return judged(limits, pair_as_it_is(rng, 1000, 0.02, 0)); }),
            190);
  EXPECT_GT(count(GateVerdict::kFail, 200, [&](Rng& rng) { return judged(limits, pair_as_it_is(rng, 1000, 0.1, 0)); }),
            190);
  const GateLimits corrupted{.max_corrupted_disagreement = kLimit};
  EXPECT_GT(count(GateVerdict::kPass, 50, [&](Rng& rng) { return judged(corrupted, corrupted_pair(rng, 1000, 0.02)); }),
            45);
  EXPECT_GT(count(GateVerdict::kFail, 50, [&](Rng& rng) { return judged(corrupted, corrupted_pair(rng, 1000, 0.1)); }),
            45);
}

}  // namespace
}  // namespace dflare
