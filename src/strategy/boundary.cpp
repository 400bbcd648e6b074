// Root finding between two flips (docs/boundary.md): on a path from the seed to an end point that neither model gives
// the seed's label, each model's label flips somewhere, and between the two places they disagree.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "dflare/corruptions.h"
#include "dflare/finding.h"
#include "strategy/blend_path.h"
#include "strategy/flip_search.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

class BoundaryStrategy : public Strategy {
 public:
  BoundaryStrategy(SharedOperators operators, EndPoints end_points)
      : operators_(std::move(operators)), end_points_(end_points) {}

  void begin(const RunContext& context, SeedIndex seed, Rng& rng) override {
    context_ = &context;
    seed_ = seed;
    const auto row = static_cast<std::size_t>(seed.value);
    label_ = context.original[row].label;
    seed_point_ = {0, margin(context.original[row].log_p, label_), margin(context.compressed[row].log_p, label_)};
    start_blend(rng);
  }

  void propose(Rng& rng, Batch& out) override {
    (void)rng;
    const std::span<std::uint8_t> image = out.append();
    step_ = static_cast<std::int32_t>(std::lround(flips_.next() * BlendPath::kEnd));
    blend_.at(step_, image);
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& rng) override {
    const Verdict& v = verdicts.front();
    if (v.deviates) return Decision::deviation(0);
    flips_.learn({static_cast<double>(step_) / BlendPath::kEnd, v.margin_original, v.margin_compressed});
    if (flips_.width() * BlendPath::kEnd < 1.5 || flips_.tied_throughout()) start_blend(rng);
    return Decision::go_on();
  }

 private:
  void start_blend(Rng& rng) {
    const InputView seed = context_->input(seed_);
    SeedIndex best;
    double least = 1e300;
    int seen = 0;
    for (int tries = 0; tries < 200 && seen < 8; ++tries) {
      const SeedIndex other = context_->usable[rng.below(static_cast<std::uint32_t>(context_->usable.size()))];
      if (context_->original[static_cast<std::size_t>(other.value)].label == label_) continue;
      ++seen;
      const double d = distance(seed, context_->input(other)).l2;
      if (d < least) {
        least = d;
        best = other;
      }
    }
    const auto row = static_cast<std::size_t>(best.value);
    blend_.start(seed, context_->input(best), rng);
    flips_.start(seed_point_,
                 {1, margin(context_->original[row].log_p, label_), margin(context_->compressed[row].log_p, label_)},
                 12);
  }

  SharedOperators operators_;
  EndPoints end_points_;
  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  int label_ = -1;
  PathPoint seed_point_;
  BlendPath blend_;
  FlipSearch flips_;
  std::int32_t step_ = 0;
};

}  // namespace

std::unique_ptr<Strategy> make_boundary(SharedOperators operators, EndPoints end_points) {
  return std::make_unique<BoundaryStrategy>(std::move(operators), end_points);
}

}  // namespace dflare
