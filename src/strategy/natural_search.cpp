// The strategy `natural`: nothing but natural changes within the box, several at once.
#include "strategy/natural_climb.h"
#include "strategy/repetition.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

// A NaturalClimb until the models disagree.
class NaturalSearch : public Strategy {
 public:
  void begin(const RunContext& context, SeedIndex seed, Rng& rng) override {
    repetition_.begin(context.input(seed));
    climb_.begin(context, seed, rng.next(), nullptr);
  }
  void propose(Rng& rng, Batch& out) override { climb_.propose(NaturalClimb::kTries, rng, out); }
  [[nodiscard]] std::size_t max_proposals() const override { return NaturalClimb::kTries; }

  Decision observe(std::span<const Verdict> verdicts, Rng& /*rng*/) override {
    for (const Verdict& v : verdicts) repetition_.see(v.input);
    const auto found = climb_.observe(verdicts);
    if (found) {
      found_ = climb_.at(*found);
      return Decision::deviation(*found);
    }
    return repetition_.stuck() ? Decision::gave_up() : Decision::go_on();
  }

  [[nodiscard]] Way way() const override { return {.natural = true, .start = found_}; }
  [[nodiscard]] std::string how() const override { return climb_.how(found_); }

 private:
  NaturalClimb climb_;
  NaturalStart found_;
  Repetition repetition_;
};

}  // namespace

std::unique_ptr<Strategy> make_natural_search() { return std::make_unique<NaturalSearch>(); }

}  // namespace dflare
