// A chain whose models are a script: the test says what both answer, and sees from which image the chain goes on.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "dflare/strategy.h"

namespace dflare {

// What two models of two classes say of one image: their probabilities of class 0.
struct Say {
  float original;
  float compressed;
};

class ScriptedChain {
 public:
  static constexpr Shape kShape{32, 32, 1};
  static constexpr int kSeedLevel = 0;

  explicit ScriptedChain(const StrategyOptions& options, Say of_seed) : strategy_(make_strategy_factory(options)()) {
    seeds_.seeds.resize(1);
    seeds_.seeds[0].input = Input(kShape);  // all kSeedLevel
    context_.seeds = &seeds_;
    context_.shape = kShape;
    context_.classes = 2;
    context_.status = {SeedStatus::kUsable};
    context_.usable = {SeedIndex(0)};
    begin(of_seed);
  }

  // A new chain by the same strategy instance.
  void begin(Say of_seed) {
    answer(context_.original, of_seed.original);
    answer(context_.compressed, of_seed.compressed);
    rng_ = Rng(5, 0);
    strategy_->begin(context_, SeedIndex(0), rng_);
    propose();
  }

  // Tells the strategy what both models say of its last proposal, and takes the next one. The image that was judged is
  // all of one level, by which base_level() knows it again.
  Decision observe(Say say, TiePolicy ties = TiePolicy::kSkip) {
    Answers original;
    Answers compressed;
    answer(original, say.original);
    answer(compressed, say.compressed);
    level_ = level_ % 200 + 1;
    Input judged(kShape);
    std::ranges::fill(judged.pixels, static_cast<std::uint8_t>(level_));
    const Verdict verdict = judge(judged.view(), original[0], compressed[0], 0, {.ties = ties});
    const Decision decision = strategy_->observe({&verdict, 1}, rng_);
    propose();
    return decision;
  }

  // Whether the image judged last became the one that is mutated.
  bool accepts(Say say) {
    observe(say);
    return base_level() == level_;
  }

  // Grey level of the image that the last proposal was made from: the operator changes at most nine pixels of it.
  [[nodiscard]] int base_level() const {
    std::array<int, 256> count{};
    for (const std::uint8_t v : proposal_.pixels) ++count[v];
    return static_cast<int>(std::max_element(count.begin(), count.end()) - count.begin());
  }
  [[nodiscard]] const Input& proposal() const { return proposal_; }

 private:
  static void answer(Answers& answers, float p) {
    const auto raw = answers.prepare(1, 2);
    raw[0] = p;
    raw[1] = 1 - p;
    answers.interpret({});
  }

  void propose() {
    Batch batch(kShape, strategy_->max_proposals());
    strategy_->propose(rng_, batch);
    proposal_.assign(batch[0]);
  }

  SeedSet seeds_;
  RunContext context_;
  Rng rng_;
  std::unique_ptr<Strategy> strategy_;
  Input proposal_;
  int level_ = kSeedLevel;
};

}  // namespace dflare
