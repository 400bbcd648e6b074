// How the genetic search breeds: who stays, who is a parent, what a mutation does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "dflare/error.h"
#include "dflare/strategy.h"

namespace dflare {
namespace {

constexpr Shape kShape{32, 32, 1};
constexpr int kSeedLevel = 100;

// What both models say of an image: their probabilities.
struct Say {
  std::vector<float> original, compressed;
};
Say both(std::vector<float> p) { return {p, p}; }

// A chain of which the test judges every generation.
class Breeding {
 public:
  Breeding(const DiffchaserOptions& options, std::size_t classes)
      : strategy_(make_strategy_factory({.name = "diffchaser", .diffchaser = options})()),
        classes_(classes),
        batch_(kShape, strategy_->max_proposals()) {
    seeds_.seeds.resize(1);
    seeds_.seeds[0].input = Input(kShape);
    std::ranges::fill(seeds_.seeds[0].input.pixels, static_cast<std::uint8_t>(kSeedLevel));
    context_.seeds = &seeds_;
    context_.shape = kShape;
    context_.classes = classes;
    begin();
  }

  void begin() {
    rng_ = Rng(5, 0);
    strategy_->begin(context_, SeedIndex(0), rng_);
    propose();
  }

  [[nodiscard]] const Batch& proposed() const { return batch_; }

  // Judges image i of the batch, which `paint` may replace by another, by says[i]; the last goes for all others.
  Decision observe(const std::vector<Say>& says, const std::vector<Input>& images = {}) {
    Answers f;
    Answers g;
    fill(f, says, &Say::original);
    fill(g, says, &Say::compressed);
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const InputView image = i < images.size() ? images[i].view() : batch_[i];
      verdicts.push_back(judge(image, f[i], g[i], 0, {}));
    }
    const Decision decision = strategy_->observe(verdicts, rng_);
    propose();
    return decision;
  }

 private:
  void fill(Answers& answers, const std::vector<Say>& says, std::vector<float> Say::*side) const {
    const std::span<float> raw = answers.prepare(batch_.size(), classes_);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const std::vector<float>& p = says[std::min(i, says.size() - 1)].*side;
      std::ranges::copy(p, raw.subspan(i * classes_).begin());
    }
    answers.interpret({});
  }

  void propose() {
    batch_.clear();
    strategy_->propose(rng_, batch_);
  }

  SeedSet seeds_;
  RunContext context_;
  Rng rng_;
  std::unique_ptr<Strategy> strategy_;
  std::size_t classes_;
  Batch batch_;
};

Input level(int value) {
  Input image(kShape);
  std::ranges::fill(image.pixels, static_cast<std::uint8_t>(value));
  return image;
}

double share_of(InputView image, int value) {
  return static_cast<double>(std::ranges::count(image.pixels(), static_cast<std::uint8_t>(value))) /
         static_cast<double>(image.shape.size());
}

const Say kSure = both({0.99F, 0.01F});
const Say kUnsure = both({0.51F, 0.49F});

TEST(Diffchaser, FirstGenerationIsMutantsOfTheSeed) {
  Breeding chain({.population = 30, .mutation_rate = 0.1}, 2);
  ASSERT_EQ(chain.proposed().size(), 30U);
  double changed = 0;
  for (const InputView image : chain.proposed().views()) changed += 1 - share_of(image, kSeedLevel);
  // 30 720 pixels at a rate of 0.1 x 255/256: five standard deviations are 0.0086.
  EXPECT_NEAR(changed / 30, 0.1, 0.0086);
}

TEST(Diffchaser, RateOfOneChangesEveryPixel) {
  Breeding chain({.population = 4, .mutation_rate = 1}, 2);
  for (const InputView image : chain.proposed().views()) EXPECT_LT(share_of(image, kSeedLevel), 0.03);
}

TEST(Diffchaser, FittestStaysAndIsNotAskedAgain) {
  Breeding chain({.population = 10}, 2);
  chain.observe({kSure, kSure, kUnsure, kSure});
  EXPECT_EQ(chain.proposed().size(), 9U);
  chain.observe({kSure});
  EXPECT_EQ(chain.proposed().size(), 9U);
}

// Two members: the unsure one all 200, the sure one all 50. A tournament of three picks the fitter in 7 of 8 draws.
TEST(Diffchaser, ChildrenTakeAfterTheFitter) {
  Breeding chain({.population = 2, .mutation_rate = 1e-6}, 2);
  chain.observe({kSure, kUnsure}, {level(50), level(200)});
  double fitter = 0;
  constexpr int kRounds = 400;
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_EQ(chain.proposed().size(), 1U);
    fitter += share_of(chain.proposed()[0], 200);
    EXPECT_NEAR(share_of(chain.proposed()[0], 200) + share_of(chain.proposed()[0], 50), 1, 0.01);
    chain.observe({kSure}, {level(50)});
  }
  // One of two parents gives each half: mean 7/8, deviation of a child about 0.23; five of the mean's are 0.06.
  EXPECT_NEAR(fitter / kRounds, 0.875, 0.06);
}

// The third largest probability decides: 0.5 - 0.2 = 0.3 against 0.5 - 0.05.
TEST(Diffchaser, KChoosesWhichLabelIsLookedAt) {
  const Say third_near = both({0.5F, 0.3F, 0.2F});
  const Say second_near = both({0.5F, 0.45F, 0.05F});
  for (const int k : {2, 3, 7}) {  // 7 of 3 classes: the last
    Breeding chain({.population = 2, .k = k, .mutation_rate = 1e-6}, 3);
    chain.observe({third_near, second_near}, {level(3), level(2)});
    double of_second = 0;
    for (int i = 0; i < 50; ++i) {
      of_second += share_of(chain.proposed()[0], 2);
      chain.observe({both({0.99F, 0.01F, 0})}, {level(3)});
    }
    EXPECT_EQ(of_second > 25, k == 2) << "k " << k;
  }
}

// Either model's doubt counts: the compressed one alone hesitates here.
TEST(Diffchaser, DoubtOfEitherModelIsFitness) {
  const Say one_unsure{{0.99F, 0.01F}, {0.55F, 0.45F}};
  const Say both_half_sure = both({0.8F, 0.2F});
  Breeding chain({.population = 2, .mutation_rate = 1e-6}, 2);
  chain.observe({both_half_sure, one_unsure}, {level(50), level(200)});
  double fitter = 0;
  for (int i = 0; i < 50; ++i) {
    fitter += share_of(chain.proposed()[0], 200);
    chain.observe({kSure}, {level(50)});
  }
  EXPECT_GT(fitter, 30);
}

TEST(Diffchaser, AnyDisagreementIsReturned) {
  Breeding chain({.population = 5}, 2);
  const Decision decision = chain.observe({kSure, kSure, Say{{0.6F, 0.4F}, {0.4F, 0.6F}}, kSure});
  EXPECT_EQ(decision.kind, Decision::Kind::kDeviation);
  EXPECT_EQ(decision.row, 2U);
  EXPECT_EQ(chain.proposed().size(), 4U) << "and where it does not count the chain goes on";
}

TEST(Diffchaser, NotFiniteMemberIsTheLeastFit) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Breeding chain({.population = 2, .mutation_rate = 1e-6}, 2);
  chain.observe({both({nan, nan}), kSure}, {level(50), level(200)});
  double fitter = 0;
  for (int i = 0; i < 50; ++i) {
    fitter += share_of(chain.proposed()[0], 200);
    chain.observe({both({nan, nan})}, {level(50)});
  }
  EXPECT_GT(fitter, 30);
}

TEST(Diffchaser, NewChainForgetsTheLastOne) {
  Breeding chain({.population = 6}, 2);
  const Input first(chain.proposed()[3]);
  chain.observe({kUnsure}, {level(7), level(8)});
  chain.begin();
  ASSERT_EQ(chain.proposed().size(), 6U);
  EXPECT_EQ(Input(chain.proposed()[3]), first);
}

TEST(Diffchaser, OptionsOutOfRangeAreRefused) {
  const std::vector<std::pair<DiffchaserOptions, const char*>> wrong = {{{.population = 1}, "--population"},
                                                                        {{.population = 5000}, "--population"},
                                                                        {{.k = 1}, "--k-uncertainty"},
                                                                        {{.mutation_rate = 0}, "--mutation-rate"},
                                                                        {{.mutation_rate = 1.5}, "--mutation-rate"}};
  for (const auto& [options, hint] : wrong) {
    try {
      make_strategy_factory({.name = "diffchaser", .diffchaser = options});
      ADD_FAILURE() << hint << " was let through";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
      EXPECT_THAT(e.hint(), testing::HasSubstr(hint));
    }
  }
}

}  // namespace
}  // namespace dflare
