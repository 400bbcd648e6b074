// Refiners on two models of two classes by how much whose class 0 leads is known.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "strategy/refiners.h"

namespace dflare {

// By how much class 0 leads, log p, in either model.
struct Leads {
  double original = 0, compressed = 0;
};
using KnownModels = std::function<Leads(InputView)>;

// The compressed model's outputs come in steps, as 8-bit ones do.
inline KnownModels in_steps_of(double step, const KnownModels& models) {
  return [step, models](InputView in) {
    const Leads l = models(in);
    return Leads{l.original, step * std::round(l.compressed / step)};
  };
}

class KnownLeads {
 public:
  // Of the seed both models say class 0.
  KnownLeads(KnownModels models, const Input& seed) : models_(std::move(models)) {
    seeds_.seeds.resize(1);
    seeds_.seeds[0].input = seed;
    context_.seeds = &seeds_;
    context_.shape = seed.shape;
    context_.classes = 2;
    ask(seed.view(), context_.original, context_.compressed);
  }

  // What a search would have found out about the compressed model's outputs.
  void say_that_outputs_come_in_steps_of(float step) { context_.compressed_reading.step = step; }

  // Of a finding whose label the original keeps; negative where there is none.
  [[nodiscard]] double severity(InputView in) const {
    const Leads l = models_(in);
    return std::min(l.original, -l.compressed);
  }

  // Refining a finding whose label the original keeps begins.
  void begin(Refiner& refiner, const Input& found, int queries = 400) const {
    refiner.begin(context_, SeedIndex(0), {found.view(), 0, 1, {}}, severity(found.view()), queries);
  }
  // One query. Returns what was asked.
  Input step(Refiner& refiner, Rng& rng) {
    Batch batch(context_.shape, 1);
    refiner.propose(rng, batch);
    const Input asked(batch[0]);
    ask(asked.view(), original_, compressed_);
    EXPECT_TRUE(refiner.observe(std::array{judge(asked.view(), original_[0], compressed_[0], 0, {})}));
    return asked;
  }
  // What becomes of a finding.
  Input refined(Refiner& refiner, const Input& found, int queries) {
    begin(refiner, found, queries);
    Rng rng(7, 0);
    for (int q = 0; q < queries; ++q) step(refiner, rng);
    Input best;
    best.assign(refiner.best().image);
    return best;
  }

 private:
  void ask(InputView in, Answers& original, Answers& compressed) const {
    const Leads l = models_(in);
    answer(original, l.original);
    answer(compressed, l.compressed);
  }

  static void answer(Answers& answers, double lead) {
    const auto raw = answers.prepare(1, 2);
    raw[0] = static_cast<float>(1 / (1 + std::exp(-lead)));
    raw[1] = 1 - raw[0];
    answers.interpret({});
  }

  KnownModels models_;
  SeedSet seeds_;
  RunContext context_;
  Answers original_, compressed_;
};

}  // namespace dflare
