// Root finding between two flips (docs/boundary.md): on a path from the seed to an end point that neither model gives
// the seed's label, each model's label flips somewhere, and between the two places they disagree.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/array_values.h"
#include "dflare/corruptions.h"
#include "dflare/finding.h"
#include "strategy/attack.h"
#include "strategy/blend_path.h"
#include "strategy/flip_search.h"
#include "strategy/natural_order.h"
#include "strategy/neighbours.h"
#include "strategy/repetition.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

constexpr int kNaturalProbes = 4;    // of --end-points auto, before it falls back on another seed
constexpr int kCandidates = 24;      // other seeds looked at for a path; the nearest is taken
constexpr int kTriesOfOneSize = 64;  // of an attack without a budget, until its changes are twice as large
constexpr int kMostEmptyPaths = 64;  // to other seeds, without an image between: such a chain turns to corruptions
constexpr int kComposed = 12;        // operators composed for an end point of --end-points mutate

class BoundaryStrategy : public Strategy {
 public:
  BoundaryStrategy(SharedOperators operators, EndPoints end_points)
      : operators_(std::move(operators)), asked_end_points_(end_points) {}

  void begin(const RunContext& context, SeedIndex seed, Rng& rng) override {
    context_ = &context;
    seed_ = seed;
    label_ = context.original[row_of(seed)].label;
    end_points_ = asked_end_points_;
    probes_ = 0;
    in_vain_ = 0;
    blends_ = 0;
    empty_paths_ = 0;
    repetition_.begin(seed_image());
    ties_ = {};
    order_by_reach(context.shape, rng, natural_);
    if (has_slopes(context.shape) && (attacks() || context.oracle != nullptr)) attack_.begin(context, seed);
    choose_end_point(rng);
  }

  void propose(Rng& rng, Batch& out) override {
    const std::span<std::uint8_t> image = out.append();
    if (probing_) {
      write_end_point(image, rng);
      return;
    }
    step_ = BlendPath::step_at(flips_.next(ties_));
    write(step_, image);
    while (is_known(image)) {  // nothing new to learn here: the path has run out of images
      if (source_ == Source::kBlend) ++empty_paths_;
      leave_collapsed_path(rng);
      if (probing_) {
        write_end_point(image, rng);
        return;
      }
      step_ = BlendPath::step_at(flips_.next(ties_));
      write(step_, image);
    }
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& rng) override {
    const Verdict& v = verdicts.front();
    if (v.deviates) return Decision::deviation(0);
    repetition_.see(v.input);
    if (repetition_.stuck()) return Decision::gave_up();
    if (!v.finite)
      choose_end_point(rng);
    else if (probing_)
      judge_probe(v, rng);
    else
      narrow(v, rng);
    return Decision::go_on();
  }

  void rejected(Rng& rng) override { choose_end_point(rng); }

  // Goes on through the corruptions that were not tried yet, then to other seeds; attacks begin at the seed anew.
  void again(const RunContext& /*context*/, SeedIndex /*seed*/, Rng& rng) override {
    in_vain_ = 0;
    if (has_slopes(context_->shape)) attack_.begin(*context_, seed_);
    choose_end_point(rng);
  }

  [[nodiscard]] Way way() const override { return {.natural = source_ == Source::kCorrupt, .start = {}}; }

  [[nodiscard]] std::string how() const override {
    const double t = BlendPath::t_at(probing_ ? BlendPath::kEnd : step_);
    switch (source_) {
      case Source::kBlend:
        return fmt::format(R"({{"end_point":"blend","with":{},"t":{}}})", other_.value, t);
      case Source::kAttack:
        return fmt::format(R"({{"end_point":"attack","tried":{}}})", attack_.tried());
      case Source::kMutate:
        return fmt::format(R"({{"end_point":"mutate","t":{}}})", t);
      case Source::kCorrupt:
        break;
    }
    return fmt::format(R"({{"end_point":"corrupt","corruption":"{}","strength":"{}","t":{}}})", corruption_->name(),
                       corruption_->describe(within_corruption_ ? corruption_t_ : t, context_->shape),
                       within_corruption_ ? corruption_t_ : t);
  }

 private:
  enum class Source { kBlend, kMutate, kCorrupt, kAttack };

  // Where there are no labels there is no other seed to go to, and every kind is tried; so it is of texts and sounds,
  // where what lies between two of them is nothing that anybody would write or say.
  [[nodiscard]] int natural_probes() const {
    const bool few = context_->oracle == nullptr && has_slopes(context_->shape);
    return few ? kNaturalProbes : static_cast<int>(natural_.size());
  }
  [[nodiscard]] bool attacks() const {
    if (!has_slopes(context_->shape)) return false;
    return end_points_ == EndPoints::kAttack || (end_points_ == EndPoints::kAuto && !context_->budget.unlimited());
  }
  [[nodiscard]] const std::vector<std::unique_ptr<const Corruption>>& kinds() const {
    return corruptions(context_->shape.form);
  }
  static std::size_t row_of(SeedIndex seed) { return static_cast<std::size_t>(seed.value); }
  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }
  [[nodiscard]] FlipSearch::Point known(SeedIndex seed, double t) const {
    return {t, context_->original[row_of(seed)].log_p, context_->compressed[row_of(seed)].log_p};
  }

  void choose_end_point(Rng& rng) {
    switch (end_points_) {
      case EndPoints::kBlend:
        start_blend(rng);
        return;
      case EndPoints::kMutate:
        probe_mutation(rng);
        return;
      case EndPoints::kCorrupt:
        probe_corruption(rng);
        return;
      case EndPoints::kAttack:
        probe_attack();
        return;
      case EndPoints::kAuto:
        break;
    }
    const bool untried =
        !attacks() && in_vain_ < natural_probes() && static_cast<std::size_t>(probes_) < natural_.size();
    const bool elsewhere = context_->oracle != nullptr && !has_slopes(context_->shape);  // once more, at other places
    if (untried || elsewhere)
      probe_corruption(rng);
    else if (attacks() || context_->oracle != nullptr)
      probe_attack();
    else
      start_blend(rng);
  }

  void probe_corruption(Rng& rng) {
    source_ = Source::kCorrupt;
    corruption_ = kinds()[natural_[static_cast<std::size_t>(probes_) % natural_.size()]].get();
    key_ = rng.next();
    within_corruption_ = false;
    probing_ = true;
    ++probes_;
    ++in_vain_;
  }

  void probe_mutation(Rng& rng) {
    source_ = Source::kMutate;
    far_.assign(seed_image());
    scratch_.assign(seed_image());
    for (int i = 0; i < kComposed; ++i) {
      const auto chosen = rng.below(static_cast<std::uint32_t>(operators_->size()));
      (*operators_)[chosen]->apply(far_.view(), scratch_.pixels, rng);
      std::swap(far_, scratch_);
    }
    path_.start(seed_image(), far_.view(), rng);
    probing_ = true;
    ++probes_;
  }

  void probe_attack() {
    source_ = Source::kAttack;
    probing_ = true;
  }

  // The attack's bracket, from where it stands to the image on which the original gave up the label.
  void bracket_attack(const Verdict& v, Rng& rng) {
    near_end_.assign(attack_.image());
    far_.assign(v.input);
    path_.start(near_end_.view(), far_.view(), rng);
    probing_ = false;
    flips_.start(label_, {0, attack_.original(), attack_.compressed()}, {1, v.original.log_p, v.compressed.log_p});
    inner_.assign(near_end_.view());
    outer_.assign(v.input);
  }

  // Another seed of a different label as end point: its answers are known.
  void start_blend(Rng& rng) {
    source_ = Source::kBlend;
    probing_ = false;
    const int candidates = std::max(1, kCandidates >> std::min(blends_, 8));  // paths that failed must not return
    other_ = near_other_seed(*context_, seed_, label_, candidates, rng);
    if (other_.value < 0 || empty_paths_ >= kMostEmptyPaths) {  // all seeds have one label, or are too near
      end_points_ = EndPoints::kCorrupt;
      probe_corruption(rng);
      return;
    }
    ++blends_;
    path_.start(seed_image(), context_->input(other_), rng);
    start_bracket(known(other_, 1), context_->input(other_));
  }

  void start_bracket(const FlipSearch::Point& outside, InputView outside_image) {
    probing_ = false;
    flips_.start(label_, known(seed_, 0), outside);
    inner_.assign(seed_image());
    outer_.assign(outside_image);
  }

  void judge_probe(const Verdict& v, Rng& rng) {
    if (source_ == Source::kAttack) {
      if (attack_.learn(v)) bracket_attack(v, rng);
      if (context_->oracle != nullptr && context_->budget.unlimited() && attack_.tried() % kTriesOfOneSize == 0)
        attack_.widen();
      return;
    }
    const bool left = v.margin_original <= 0 && v.margin_compressed <= 0;
    if (left)
      start_bracket({1, v.original.log_p, v.compressed.log_p}, v.input);
    else
      choose_end_point(rng);
  }

  void narrow(const Verdict& v, Rng& rng) {
    empty_paths_ = 0;
    ties_ = tie_scale(*context_, v);
    const double t = BlendPath::t_at(step_);
    const bool inside = flips_.learn({t, v.original.log_p, v.compressed.log_p});
    (inside ? inner_ : outer_).assign(v.input);
    if (inside && source_ == Source::kAttack) attack_.stand_at(v);  // should the path end without a find
    if (flips_.lost_to_ties(ties_))
      choose_end_point(rng);
    else if (BlendPath::is_narrow(flips_.width()))
      leave_collapsed_path(rng);
  }

  // Within a strength bracket that collapsed, the two images that are left differ in single pixels: blend them.
  void leave_collapsed_path(Rng& rng) {
    if (source_ != Source::kCorrupt || within_corruption_) {
      choose_end_point(rng);
      return;
    }
    corruption_t_ = BlendPath::t_at(step_);
    within_corruption_ = true;
    near_end_.assign(inner_.view());
    far_.assign(outer_.view());
    path_.start(near_end_.view(), far_.view(), rng);
    flips_.restart_within_bracket();
  }

  void write_end_point(std::span<std::uint8_t> image, Rng& rng) {
    if (source_ == Source::kAttack)
      attack_.write(image, rng);
    else
      write(BlendPath::kEnd, image);
  }

  void write(std::int32_t step, std::span<std::uint8_t> image) const {
    if (source_ == Source::kCorrupt && !within_corruption_) {
      corruption_->apply(seed_image(), BlendPath::t_at(step), key_, image);
    } else {
      path_.at(step, image);
    }
  }

  [[nodiscard]] bool is_known(std::span<const std::uint8_t> image) const {
    return std::equal(image.begin(), image.end(), inner_.pixels.begin()) ||
           std::equal(image.begin(), image.end(), outer_.pixels.begin());
  }

  SharedOperators operators_;
  EndPoints asked_end_points_;
  EndPoints end_points_ = EndPoints::kAuto;  // of this chain: blending may turn out to be impossible
  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  int label_ = -1;

  // Where the end point comes from, and whether the next query is the end point itself.
  Source source_ = Source::kBlend;
  bool probing_ = false;
  int probes_ = 0;
  int in_vain_ = 0;  // since the last finding
  int blends_ = 0;
  int empty_paths_ = 0;               // in a row, without a query
  std::vector<std::size_t> natural_;  // kinds of corruptions, in the order of their probes
  const Corruption* corruption_ = nullptr;
  std::uint64_t key_ = 0;
  bool within_corruption_ = false;
  double corruption_t_ = 0;
  SeedIndex other_;

  Attack attack_;
  Repetition repetition_;

  // The path and the search along it.
  BlendPath path_;
  FlipSearch flips_;
  TieScale ties_;
  std::int32_t step_ = 0;
  Input inner_, outer_;             // the bracket's images
  Input near_end_, far_, scratch_;  // ends of paths that are no seeds
};

}  // namespace

std::unique_ptr<Strategy> make_boundary(SharedOperators operators, EndPoints end_points) {
  return std::make_unique<BoundaryStrategy>(std::move(operators), end_points);
}

}  // namespace dflare
