// The baseline without guidance: a random walk of random operators, every mutant accepted.
#include <utility>

#include "strategy/repetition.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

class RandomStrategy : public Strategy {
 public:
  explicit RandomStrategy(SharedOperators operators) : operators_(std::move(operators)) {}

  void begin(const RunContext& context, SeedIndex seed, Rng& /*rng*/) override {
    current_.assign(context.input(seed));
    repetition_.begin(context.input(seed));
  }

  void propose(Rng& rng, Batch& out) override {
    const auto chosen = rng.below(static_cast<std::uint32_t>(operators_->size()));
    (*operators_)[chosen]->apply(current_.view(), out.append(), rng);
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& /*rng*/) override {
    if (verdicts.front().deviates) return Decision::deviation(0);
    current_.assign(verdicts.front().input);
    repetition_.see(verdicts.front().input);
    return repetition_.stuck() ? Decision::gave_up() : Decision::go_on();
  }

 private:
  SharedOperators operators_;
  Input current_;
  Repetition repetition_;
};

}  // namespace

std::unique_ptr<Strategy> make_random(SharedOperators operators) {
  return std::make_unique<RandomStrategy>(std::move(operators));
}

}  // namespace dflare
