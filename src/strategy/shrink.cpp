// Refining by shrinking: a deviation nearer to the same seed.
#include <algorithm>
#include <cmath>

#include "strategy/blend_path.h"
#include "strategy/flip_search.h"
#include "strategy/label_slope.h"
#include "strategy/refiners.h"
#include "strategy/repetition.h"

namespace dflare {
namespace {

constexpr std::size_t kMostAnswers = 192;  // that the slope is learnt from; then the older half is forgotten
constexpr double kStepBack = 0.03;         // of the finding towards the seed: the first try
constexpr double kFirstSaving = 0.1;
constexpr double kMostSaving = 0.3;
constexpr double kLeastSaving = 0.01;
constexpr double kBolder = 1.5;    // after a try that left the label
constexpr double kTimider = 0.97;  // after one that did not
constexpr int kMostSteps = 12;     // along one ray

// Tries images nearer to the seed than the best, against the slope that is learnt from their answers (see LabelSlope).
// Where one of them has left the label in both models, the flips along the ray from the seed to it are found as by
// `boundary`: the deviation between them is nearer still. How much nearer the next try is to be grows while tries leave
// the label and shrinks while they do not.
class Shrink : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex seed, const Best& found, double /*severity*/,
             std::int64_t /*queries*/) override {
    context_ = &context;
    seed_ = seed;
    const FlipSearch::Point at_seed = answers_at_seed();
    label_ = context.original[static_cast<std::size_t>(seed.value)].label;
    best_.assign(found.image);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    distance_ = l2_distance(seed_image(), best_.view());
    saving_ = kFirstSaving;
    repetition_.begin(seed_image());
    phase_ = Phase::kFirst;
    model_.begin(seed_image(), spots(context.shape, 1), label_, at_seed.original, at_seed.compressed, kMostAnswers);
  }

  void propose(Rng& rng, Batch& out) override {
    const std::span<std::uint8_t> image = out.append();
    switch (phase_) {
      case Phase::kFirst:
        path_.start(seed_image(), best_.view(), rng);
        path_.at(static_cast<std::int32_t>((1 - kStepBack) * BlendPath::kEnd), image);
        break;
      case Phase::kTry:
        model_.draw(distance_, rng, slope_);
        move_against(slope_, seed_image(), (1 - saving_) * distance_, image);
        break;
      case Phase::kRay:
        path_.start(seed_image(), far_.view(), rng);
        phase_ = Phase::kSearch;
        [[fallthrough]];
      case Phase::kSearch:
        step_ = BlendPath::step_at(flips_.next(ties_));
        path_.at(step_, image);
        break;
    }
  }

  [[nodiscard]] bool would_take(const Verdict& v) const override {
    return l2_distance(seed_image(), v.input) < distance_;
  }

  bool observe(std::span<const Verdict> verdicts) override {
    const Verdict& v = verdicts.front();
    const bool taken = v.deviates && take(v);
    if (!v.finite) {
      phase_ = Phase::kTry;
    } else if (phase_ == Phase::kSearch) {
      searched(v, taken);
    } else {
      tried(v, taken);
    }
    repetition_.see(v.input);
    return distance_ > 0 && !repetition_.stuck();
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_, {}}; }

 private:
  enum class Phase { kFirst, kTry, kRay, kSearch };

  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }
  [[nodiscard]] FlipSearch::Point answers_at_seed() const {
    const auto row = static_cast<std::size_t>(seed_.value);
    return {0, context_->original[row].log_p, context_->compressed[row].log_p};
  }

  // Keeps a deviation that is nearer to the seed.
  bool take(const Verdict& v) {
    const double d = l2_distance(seed_image(), v.input);
    if (d >= distance_) return false;
    best_.assign(v.input);
    label_original_ = v.original.label;
    label_compressed_ = v.compressed.label;
    distance_ = d;
    return true;
  }

  void tried(const Verdict& v, bool taken) {
    if (model_.full()) model_.forget_older_half();
    model_.add(seed_image(), v.input, v.original.log_p, v.compressed.log_p);
    phase_ = Phase::kTry;
    const bool left = v.margin_original <= 0 && v.margin_compressed <= 0;
    if (left && !taken) start_ray(v);
    saving_ = taken || left ? std::min(saving_ * kBolder, kMostSaving) : std::max(saving_ * kTimider, kLeastSaving);
  }

  void start_ray(const Verdict& v) {
    far_.assign(v.input);
    ray_ = l2_distance(seed_image(), v.input);
    flips_.start(label_, answers_at_seed(), {1, v.original.log_p, v.compressed.log_p});
    ties_ = tie_scale(*context_, v);
    steps_ = 0;
    phase_ = Phase::kRay;
  }

  void searched(const Verdict& v, bool taken) {
    ties_ = tie_scale(*context_, v);
    flips_.learn({BlendPath::t_at(step_), v.original.log_p, v.compressed.log_p});
    const bool collapsed = BlendPath::is_narrow(flips_.width());
    const bool too_far = flips_.inside() * ray_ >= distance_;
    if (taken || ++steps_ == kMostSteps || collapsed || too_far || flips_.lost_to_ties(ties_)) phase_ = Phase::kTry;
  }

  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  int label_ = -1;
  Input best_;
  int label_original_ = -1;
  int label_compressed_ = -1;
  double distance_ = 0;  // of the best

  Phase phase_ = Phase::kFirst;
  Repetition repetition_;
  double saving_ = kFirstSaving;  // of the distance, that the next try is to make
  LabelSlope model_;
  std::vector<float> slope_;

  Input far_;  // end of the ray
  double ray_ = 0;
  BlendPath path_;
  FlipSearch flips_;
  TieScale ties_;
  std::int32_t step_ = 0;
  int steps_ = 0;
};

}  // namespace

std::unique_ptr<Refiner> make_shrink() { return std::make_unique<Shrink>(); }

}  // namespace dflare
