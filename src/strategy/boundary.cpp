// Root finding between two flips (docs/boundary.md): on a path from the seed to an end point that neither model gives
// the seed's label, each model's label flips somewhere, and between the two places they disagree.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "dflare/corruptions.h"
#include "dflare/finding.h"
#include "strategy/blend_path.h"
#include "strategy/flip_search.h"
#include "strategy/squares.h"
#include "strategy/strategies.h"

namespace dflare {
namespace {

constexpr int kNaturalProbes = 5;    // of --end-points auto, before it falls back on another seed
constexpr int kCandidates = 24;      // other seeds looked at for a path; the nearest is taken
constexpr int kComposed = 12;        // operators composed for an end point of --end-points mutate
constexpr int kLeans = 10;           // towards other seeds, of an attack, where stripes help less than the first
constexpr std::int32_t kNarrow = 1;  // of a path, in 2^-16: no image left between

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
    ties_ = {};
    order_natural(rng);
    begin_attack();
    choose_end_point(rng);
  }

  void propose(Rng& rng, Batch& out) override {
    const std::span<std::uint8_t> image = out.append();
    if (probing_) {
      write_end_point(image, rng);
      return;
    }
    step_ = static_cast<std::int32_t>(std::lround(flips_.next(ties_) * BlendPath::kEnd));
    write(step_, image);
    while (is_known(image)) {  // nothing new to learn here: the path has run out of images
      leave_collapsed_path(rng);
      if (probing_) {
        write_end_point(image, rng);
        return;
      }
      step_ = static_cast<std::int32_t>(std::lround(flips_.next(ties_) * BlendPath::kEnd));
      write(step_, image);
    }
  }

  Decision observe(std::span<const Verdict> verdicts, Rng& rng) override {
    const Verdict& v = verdicts.front();
    if (v.deviates) return Decision::deviation(0);
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
    begin_attack();
    choose_end_point(rng);
  }

  [[nodiscard]] std::string how() const override {
    const double t = static_cast<double>(probing_ ? BlendPath::kEnd : step_) / BlendPath::kEnd;
    switch (source_) {
      case Source::kBlend:
        return fmt::format(R"({{"end_point":"blend","with":{},"t":{}}})", other_.value, t);
      case Source::kAttack:
        return fmt::format(R"({{"end_point":"attack","tried":{}}})", attack_.tried);
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

  static std::size_t row_of(SeedIndex seed) { return static_cast<std::size_t>(seed.value); }
  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }
  [[nodiscard]] FlipSearch::Point known(SeedIndex seed, double t) const {
    return {t, context_->original[row_of(seed)].log_p, context_->compressed[row_of(seed)].log_p};
  }

  // Every corruption once, in an order of the chain's own, so that findings are of many kinds.
  void order_natural(Rng& rng) {
    natural_.resize(corruptions().size());
    for (std::size_t i = 0; i < natural_.size(); ++i) natural_[i] = i;
    for (std::size_t i = natural_.size(); i > 1; --i)
      std::swap(natural_[i - 1], natural_[rng.below(static_cast<std::uint32_t>(i))]);
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
    if (!context_->budget.unlimited())
      probe_attack();
    else if (in_vain_ < kNaturalProbes && static_cast<std::size_t>(probes_) < natural_.size())
      probe_corruption(rng);
    else
      start_blend(rng);
  }

  void probe_corruption(Rng& rng) {
    source_ = Source::kCorrupt;
    corruption_ = corruptions()[natural_[static_cast<std::size_t>(probes_) % natural_.size()]].get();
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

  // ---- attack: squares of +-eps, as in the Square Attack (Andriushchenko et al., ECCV 2020), on the sum of both
  // margins

  struct Attack {
    Input image;                              // where it stands: both models still give the label
    std::vector<float> original, compressed;  // its answers, log p
    double sum = 0;                           // of both margins
    int eps = 0;                              // grey levels
    int tried = 0;
    bool leaning = false;   // towards other seeds pays here
    bool opposite = false;  // the next square is the last one with its signs turned
    Window window;
    std::array<int, 3> sign{};
  };

  void begin_attack() {
    const PerturbationBudget& budget = context_->budget;
    attack_.image.assign(seed_image());
    attack_.tried = 0;
    attack_.leaning = false;
    attack_.opposite = false;
    const double spread = 3 * 255 / std::sqrt(static_cast<double>(context_->shape.size()));
    attack_.eps = static_cast<int>(budget.linf > 0 ? budget.linf
                                   : budget.l2 > 0 ? std::max(1.0, budget.l2 * spread)
                                                   : 16);
    const FlipSearch::Point own = known(seed_, 0);
    stand_at(own.original, own.compressed);
  }

  void stand_at(std::span<const float> original, std::span<const float> compressed) {
    attack_.original.assign(original.begin(), original.end());
    attack_.compressed.assign(compressed.begin(), compressed.end());
    attack_.sum = margin(original, label_) + margin(compressed, label_);
  }

  void probe_attack() {
    source_ = Source::kAttack;
    probing_ = true;
  }

  void write_square(std::span<std::uint8_t> image, Rng& rng) {
    Attack& a = attack_;
    std::copy(a.image.pixels.begin(), a.image.pixels.end(), image.begin());
    const int nth = a.tried++;
    if (nth == 1) {
      write_stripes(image, rng);
      return;
    }
    if (nth == 0 || (a.leaning && nth <= kLeans)) {
      write_lean(image, rng);
      return;
    }
    if (a.opposite) {
      for (int& s : a.sign) s = -s;
    } else {
      const Shape& shape = context_->shape;
      a.window = random_square(shape, std::sqrt(square_share(a.tried) * shape.height * shape.width), rng);
      for (int& s : a.sign) s = (rng.next() & 1U) != 0 ? 1 : -1;
    }
    for_each_value(context_->shape, a.window, [&](std::size_t i, int c) {
      image[i] = static_cast<std::uint8_t>(
          std::clamp(seed_image().data[i] + a.sign[static_cast<std::size_t>(c)] * a.eps, 0, 255));
    });
  }

  // Vertical stripes of +-eps, which undefended networks are weak to.
  void write_stripes(std::span<std::uint8_t> image, Rng& rng) const {
    const Shape& shape = context_->shape;
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c) {
        const int change = (rng.next() & 1U) != 0 ? attack_.eps : -attack_.eps;
        for (int y = 0; y < shape.height; ++y) {
          const auto i = (static_cast<std::size_t>(y) * shape.width + x) * shape.channels + c;
          image[i] = static_cast<std::uint8_t>(std::clamp(seed_image().data[i] + change, 0, 255));
        }
      }
    }
  }

  // Another seed as far as the budget lets it come: on some data a whole class lies that way.
  void write_lean(std::span<std::uint8_t> image, Rng& rng) {
    const SeedIndex other = near_other_seed(rng);
    if (other.value < 0) return;
    const InputView to = context_->input(other);
    for (std::size_t i = 0; i < image.size(); ++i) {
      const int way = std::clamp(to.data[i] - seed_image().data[i], -attack_.eps, attack_.eps);
      image[i] = static_cast<std::uint8_t>(seed_image().data[i] + way);
    }
  }

  // Share of the image that a square covers, falling with the number of squares tried.
  static double square_share(int tried) {
    double share = 0.1;
    for (const int halved_at : {10, 50, 200, 500, 1000, 2000}) {
      if (tried > halved_at) share /= 2;
    }
    return share;
  }

  void judge_square(const Verdict& v, Rng& rng) {
    const double sum = v.margin_original + v.margin_compressed;
    if (attack_.tried == 2) attack_.leaning = sum >= attack_.sum;
    if (v.margin_original <= 0) {
      far_.assign(v.input);
      near_end_.assign(attack_.image.view());
      path_.start(near_end_.view(), far_.view(), rng);
      probing_ = false;
      flips_.start(label_, {0, attack_.original, attack_.compressed}, {1, v.original.log_p, v.compressed.log_p});
      inner_.assign(near_end_.view());
      outer_.assign(v.input);
      attack_.opposite = false;
    } else if (sum < attack_.sum) {
      attack_.image.assign(v.input);
      stand_at(v.original.log_p, v.compressed.log_p);
      attack_.opposite = false;
    } else {
      attack_.opposite = !attack_.opposite && attack_.tried > (attack_.leaning ? kLeans + 1 : 2);
    }
  }

  // Another seed of a different label as end point: its answers are known.
  void start_blend(Rng& rng) {
    source_ = Source::kBlend;
    probing_ = false;
    other_ = near_other_seed(rng);
    if (other_.value < 0) {  // all seeds have one label
      end_points_ = EndPoints::kCorrupt;
      probe_corruption(rng);
      return;
    }
    ++blends_;
    path_.start(seed_image(), context_->input(other_), rng);
    start_bracket(known(other_, 1), context_->input(other_));
  }

  [[nodiscard]] SeedIndex near_other_seed(Rng& rng) const {
    SeedIndex best;
    double least = 0;
    const auto n = static_cast<std::uint32_t>(context_->usable.size());
    const int wanted =
        std::max(1, kCandidates >> std::min(blends_, 8));  // fewer each time, so that paths that failed do not return
    int candidates = 0;
    for (std::uint32_t tries = 0; candidates < wanted && tries < 20U * kCandidates; ++tries) {
      const SeedIndex other = context_->usable[rng.below(n)];
      if (context_->original[row_of(other)].label == label_) continue;
      ++candidates;
      const double d = l2_distance(seed_image(), context_->input(other));
      if (best.value < 0 || d < least) {
        least = d;
        best = other;
      }
    }
    return best;
  }

  void start_bracket(const FlipSearch::Point& outside, InputView outside_image) {
    probing_ = false;
    flips_.start(label_, known(seed_, 0), outside);
    inner_.assign(seed_image());
    outer_.assign(outside_image);
  }

  void judge_probe(const Verdict& v, Rng& rng) {
    if (source_ == Source::kAttack) {
      judge_square(v, rng);
      return;
    }
    const bool left = v.margin_original <= 0 && v.margin_compressed <= 0;
    if (left)
      start_bracket({1, v.original.log_p, v.compressed.log_p}, v.input);
    else
      choose_end_point(rng);
  }

  void narrow(const Verdict& v, Rng& rng) {
    note_ties(v);
    const double t = static_cast<double>(step_) / BlendPath::kEnd;
    const bool inside = flips_.learn({t, v.original.log_p, v.compressed.log_p});
    (inside ? inner_ : outer_).assign(v.input);
    if (inside && source_ == Source::kAttack) {  // should the path end without a find, go on from here
      attack_.image.assign(v.input);
      stand_at(v.original.log_p, v.compressed.log_p);
    }
    if (flips_.lost_to_ties(ties_))
      choose_end_point(rng);
    else if (flips_.width() * BlendPath::kEnd < kNarrow + 0.5)
      leave_collapsed_path(rng);
  }

  // Within a strength bracket that collapsed, the two images that are left differ in single pixels: blend them.
  void leave_collapsed_path(Rng& rng) {
    if (source_ != Source::kCorrupt || within_corruption_) {
      choose_end_point(rng);
      return;
    }
    corruption_t_ = static_cast<double>(step_) / BlendPath::kEnd;
    within_corruption_ = true;
    near_end_.assign(inner_.view());
    far_.assign(outer_.view());
    path_.start(near_end_.view(), far_.view(), rng);
    flips_.restart_within_bracket();
  }

  void write_end_point(std::span<std::uint8_t> image, Rng& rng) {
    if (source_ == Source::kAttack)
      write_square(image, rng);
    else
      write(BlendPath::kEnd, image);
  }

  void write(std::int32_t step, std::span<std::uint8_t> image) const {
    if (source_ == Source::kCorrupt && !within_corruption_) {
      corruption_->apply(seed_image(), static_cast<double>(step) / BlendPath::kEnd, key_, image);
    } else {
      path_.at(step, image);
    }
  }

  [[nodiscard]] bool is_known(std::span<const std::uint8_t> image) const {
    return std::equal(image.begin(), image.end(), inner_.pixels.begin()) ||
           std::equal(image.begin(), image.end(), outer_.pixels.begin());
  }

  void note_ties(const Verdict& v) {
    const OutputReading& reading = context_->compressed_reading;
    if (reading.step == 0) return;
    const double top_p = std::max(v.compressed.top_p(), reading.step);
    ties_.step = reading.kind == OutputKind::kLogits ? reading.step : reading.step / top_p;
    if (context_->acceptance.ties == TiePolicy::kSkip) return;
    const auto& log_p = v.compressed.log_p;
    int rival = label_ == 0 ? 1 : 0;
    for (int c = rival; c < static_cast<int>(log_p.size()); ++c) {
      if (c != label_ && log_p[static_cast<std::size_t>(c)] > log_p[static_cast<std::size_t>(rival)]) rival = c;
    }
    ties_.side = label_ < rival ? TieScale::Side::kInside : TieScale::Side::kOutside;
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
  std::vector<std::size_t> natural_;
  const Corruption* corruption_ = nullptr;
  std::uint64_t key_ = 0;
  bool within_corruption_ = false;
  double corruption_t_ = 0;
  SeedIndex other_;

  Attack attack_;

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
