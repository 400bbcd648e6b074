// Climbing, on two models whose leads are known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "strategy/refiners.h"

namespace dflare {
namespace {

constexpr Shape kShape{16, 16, 1};
constexpr int kQueries = 400;

// By how much class 0 leads in both models: a slope that they share, which is steep, and what the compressed model
// adds, which is not. Pixels run from -1 to 1.
struct Leads {
  double original = 0, compressed = 0;
};

Leads leads(InputView in) {
  double shared = 0;
  double apart = 0;
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      const double v = in.data[y * kShape.width + x] / 127.5 - 1;
      shared += v * (x < kShape.width / 2 ? 1 : -1);
      apart += v * (y < kShape.height / 2 ? 1 : -1);
    }
  }
  return {0.1 * shared, 0.1 * shared - 0.02 * apart};
}

Leads in_steps_of(double step, Leads l) { return {l.original, step * std::round(l.compressed / step)}; }

void answer(Answers& answers, double lead) {
  const auto raw = answers.prepare(1, 2);
  raw[0] = static_cast<float>(1 / (1 + std::exp(-lead)));
  raw[1] = 1 - raw[0];
  answers.interpret({});
}

class Climbing : public testing::Test {
 protected:
  using Models = std::function<Leads(InputView)>;

  // Severity after the climb from a finding at about mid-grey: the original just says 0, the compressed one says 1.
  double severity_after(const Models& models, int queries = kQueries) {
    Input found(kShape);
    std::fill(found.pixels.begin(), found.pixels.end(), std::uint8_t{127});
    for (std::size_t i = 0; i < 2 * kShape.width; ++i) found.pixels[i] = 200;  // in the upper half: apart
    found.pixels.front() = 204;                                                // in the left half: the shared slope
    Input seed = found;
    for (int y = 0; y < kShape.height; ++y) {  // both models lead by some 12
      for (int x = 0; x < kShape.width / 2; ++x) seed.pixels[static_cast<std::size_t>(y * kShape.width + x)] = 255;
    }
    RunContext context = context_of(seed, models);
    const std::unique_ptr<Refiner> climb = make_climb();
    climb->begin(context, SeedIndex(0), {found.view(), 0, 1}, judged(found.view(), models), queries);
    Rng rng(7, 0);
    for (int q = 0; q < queries; ++q) {
      Batch batch(kShape, 1);
      climb->propose(rng, batch);
      Input asked;
      asked.assign(batch[0]);
      judged(asked.view(), models);
      EXPECT_TRUE(climb->observe(judge(asked.view(), original_[0], compressed_[0], 0, {})));
    }
    Input best;
    best.assign(climb->best().image);
    return judged(best.view(), models);
  }

 private:
  RunContext context_of(const Input& seed, const Models& models) {
    seeds_.seeds.resize(1);
    seeds_.seeds[0].input = seed;
    RunContext context;
    context.seeds = &seeds_;
    context.shape = kShape;
    context.classes = 2;
    answer(context.original, models(seed.view()).original);
    answer(context.compressed, models(seed.view()).compressed);
    return context;
  }

  // The severity; negative where the models agree.
  double judged(InputView in, const Models& models) {
    const Leads l = models(in);
    answer(original_, l.original);
    answer(compressed_, l.compressed);
    return std::min(l.original, -l.compressed);
  }

  SeedSet seeds_;
  Answers original_, compressed_;
};

TEST_F(Climbing, RaisesWhatOnlyOneModelFeelsAgainstWhatBothFeel) {
  // The best image of all has 0.02 * 256 between the leads, half for each model.
  EXPECT_GT(severity_after(leads), 0.35 * 2.56);
}

TEST_F(Climbing, GoesOnWhereTheOutputComesInSteps) {
  const auto stepped = [](InputView in) { return in_steps_of(0.1, leads(in)); };
  EXPECT_GT(severity_after(stepped), 0.28);
}

}  // namespace
}  // namespace dflare
