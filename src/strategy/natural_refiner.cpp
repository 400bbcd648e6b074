// Refining by climbing: a finding of natural means stays natural, others are climbed by pixels.
#include <algorithm>

#include "core/array_values.h"
#include "strategy/natural_climb.h"
#include "strategy/refiners.h"

namespace dflare {
namespace {

// A NaturalClimb from the finding's place, or from the seed where it has none. The last queries prove what the best
// place owes to each of its kinds.
class NaturalRefiner : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex seed, const Best& found, double severity,
             std::int64_t queries) override {
    best_.assign(found.image);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    severity_ = severity;
    left_ = queries;
    place_ = found.way.start;
    // The key of a finding without a place: any that depends on the chain alone.
    const std::uint64_t key = place_ ? place_->key : static_cast<std::uint64_t>(seed.value);
    climb_.begin(context, seed, key, place_ ? &place_->place : nullptr);
  }

  void propose(Rng& rng, Batch& out) override {
    if (!climb_.proving() && left_ <= static_cast<std::int64_t>(kNaturalKinds)) climb_.prove();
    climb_.propose(static_cast<std::size_t>(std::min<std::int64_t>(left_, NaturalClimb::kTries)), rng, out);
  }
  [[nodiscard]] std::size_t max_proposals() const override { return NaturalClimb::kTries; }

  [[nodiscard]] bool would_take(const Verdict& v) const override { return climb_.height(v) > severity_; }

  bool observe(std::span<const Verdict> verdicts) override {
    left_ -= std::ssize(verdicts);
    const auto found = climb_.observe(verdicts);
    if (found && would_take(verdicts[*found])) take(*found, verdicts[*found]);
    return left_ > 0;
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_, {}}; }
  [[nodiscard]] std::string how() const override { return place_ ? climb_.how(*place_) : ""; }

 private:
  void take(std::size_t row, const Verdict& v) {
    best_.assign(v.input);
    label_original_ = v.original.label;
    label_compressed_ = v.compressed.label;
    severity_ = climb_.height(v);
    place_ = climb_.at(row);
  }

  NaturalClimb climb_;
  Input best_;
  std::optional<NaturalStart> place_;  // of the best
  int label_original_ = -1, label_compressed_ = -1;
  double severity_ = 0;
  std::int64_t left_ = 0;
};

// --refine climb: by the way that a finding was reached. A perturbation budget leaves natural changes no room.
class Climb : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex seed, const Best& found, double severity,
             std::int64_t queries) override {
    const bool natural = found.way.natural && !is_array(context.shape) && context.budget.unlimited();
    at_work_ = natural ? natural_.get() : by_pixels_.get();
    at_work_->begin(context, seed, found, severity, queries);
  }
  void propose(Rng& rng, Batch& out) override { at_work_->propose(rng, out); }
  [[nodiscard]] std::size_t max_proposals() const override { return natural_->max_proposals(); }
  [[nodiscard]] bool would_take(const Verdict& v) const override { return at_work_->would_take(v); }
  bool observe(std::span<const Verdict> verdicts) override { return at_work_->observe(verdicts); }
  [[nodiscard]] Best best() const override { return at_work_->best(); }
  [[nodiscard]] std::string how() const override { return at_work_->how(); }

 private:
  std::unique_ptr<Refiner> natural_ = std::make_unique<NaturalRefiner>();
  std::unique_ptr<Refiner> by_pixels_ = make_pixel_climb();
  Refiner* at_work_ = nullptr;
};

}  // namespace

std::unique_ptr<Refiner> make_climb() { return std::make_unique<Climb>(); }

std::unique_ptr<Refiner> make_refiner(Refine refine) {
  switch (refine) {
    case Refine::kNone:
      return nullptr;
    case Refine::kClimb:
      return make_climb();
    case Refine::kPixels:
      return make_pixel_climb();
    case Refine::kShrink:
      return make_shrink();
  }
  return nullptr;
}

}  // namespace dflare
