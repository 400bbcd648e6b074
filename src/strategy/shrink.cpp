// Refining by shrinking: the same deviation at a smaller distance from its seed.
#include <algorithm>
#include <cmath>
#include <utility>

#include "strategy/blend_path.h"
#include "strategy/flip_search.h"
#include "strategy/refiners.h"
#include "strategy/squares.h"

namespace dflare {
namespace {

constexpr double kLargestWeight = 2.5;  // of a block's change, after re-weighting
constexpr double kNegligible = 0.003;   // share of the squared distance: such a block is not measured
constexpr double kWorthwhile = 0.98;    // of the distance: less than this a search along a ray must promise
constexpr int kMostSteps = 12;          // along one ray

// The change from the seed to the finding is cut into blocks. Undoing one block at a time tells how much each
// contributes to leaving the seed's label; under a linear model the change of least L2 norm that leaves as much weighs
// every block by contribution / squared norm. The flips along the ray to that image are then found as by `boundary`.
class Shrink : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex seed, const Best& found, double /*severity*/,
             std::int64_t /*queries*/) override {
    context_ = &context;
    seed_ = seed;
    shape_ = context.shape;
    label_ = context.original[row()].label;
    best_.assign(found.image);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    distance_ = l2_distance(seed_image(), best_.view());
    base_margin_ = 0;  // a fresh finding lies between the two flips
    rounds_ = 0;
    blocks_.clear();
    phase_ = Phase::kMeasure;
  }

  void propose(Rng& rng, Batch& out) override {
    if (phase_ == Phase::kMeasure && blocks_.empty()) cut(rng);
    const std::span<std::uint8_t> image = out.append();
    switch (phase_) {
      case Phase::kMeasure:
        undo_block(image);
        break;
      case Phase::kProbe:
        along_ray(reach_, image);
        break;
      case Phase::kSearch:
        t_ = flips_.next({});
        along_ray(t_ * reach_, image);
        break;
    }
  }

  bool observe(const Verdict& v) override {
    const bool taken = v.deviates && take(v);
    switch (phase_) {
      case Phase::kMeasure:
        measured(v, taken);
        break;
      case Phase::kProbe:
        probed(v, taken);
        break;
      case Phase::kSearch:
        searched(v, taken);
        break;
    }
    return distance_ > 0;
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_}; }

 private:
  enum class Phase { kMeasure, kProbe, kSearch };
  struct Block {
    Window window;
    double squares = 0;       // of the change within, grey levels
    double contribution = 0;  // to leaving the label: rise of the mean margin when it is undone
  };

  [[nodiscard]] std::size_t row() const { return static_cast<std::size_t>(seed_.value); }
  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }
  static double mean_margin(const Verdict& v) { return (v.margin_original + v.margin_compressed) / 2; }

  // Keeps a deviation that is nearer to the seed.
  bool take(const Verdict& v) {
    const double d = l2_distance(seed_image(), v.input);
    if (d >= distance_) return false;
    best_.assign(v.input);
    label_original_ = v.original.label;
    label_compressed_ = v.compressed.label;
    distance_ = d;
    base_margin_ = mean_margin(v);
    return true;
  }

  // Blocks of a grid at a random offset; every round cuts anew.
  void cut(Rng& rng) {
    const int parts = 4 + static_cast<int>(rng.below(4));
    const int side = std::max(1, (std::min(shape_.height, shape_.width) + parts - 1) / parts);
    const int top = -rng.between(0, side - 1);
    const int left = -rng.between(0, side - 1);
    double all = 0;
    for (int y = top; y < shape_.height; y += side) {
      for (int x = left; x < shape_.width; x += side) {
        Block b{.window = {.top = std::max(0, y), .left = std::max(0, x)}};
        b.window.height = std::min(y + side, shape_.height) - b.window.top;
        b.window.width = std::min(x + side, shape_.width) - b.window.left;
        for_each_value(shape_, b.window, [&](std::size_t i, int) {
          const double d = best_.pixels[i] - seed_image().data[i];
          b.squares += d * d;
        });
        all += b.squares;
        blocks_.push_back(b);
      }
    }
    std::erase_if(blocks_, [all](const Block& b) { return b.squares <= kNegligible * all; });
    from_.assign(best_.view());
    measured_ = 0;
    ++rounds_;
  }

  void undo_block(std::span<std::uint8_t> image) const {
    std::copy(best_.pixels.begin(), best_.pixels.end(), image.begin());
    for_each_value(shape_, blocks_[measured_].window, [&](std::size_t i, int) { image[i] = seed_image().data[i]; });
  }

  void measured(const Verdict& v, bool taken) {
    Block& b = blocks_[measured_++];
    b.contribution = taken || !v.finite ? 0 : mean_margin(v) - base_margin_;
    if (measured_ == blocks_.size()) aim();
  }

  // The ray through the re-weighted change.
  void aim() {
    double wanted = 0;
    double per_weight = 0;
    for (const Block& b : blocks_) {
      wanted += b.contribution;
      per_weight += b.contribution > 0 ? b.contribution * b.contribution / b.squares : 0;
    }
    if (per_weight <= 0 || wanted <= 0) {
      start_round();
      return;
    }
    far_.assign(seed_image());
    for (const Block& b : blocks_) {
      const double weight = std::clamp(wanted / per_weight * b.contribution / b.squares, 0.0, kLargestWeight);
      for_each_value(shape_, b.window, [&](std::size_t i, int) {
        const double v = seed_image().data[i] + weight * (from_.pixels[i] - seed_image().data[i]);
        far_.pixels[i] = static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L));
      });
    }
    ray_ = l2_distance(seed_image(), far_.view());
    reach_ = 1;
    phase_ = Phase::kProbe;
    steps_ = 0;
    if (ray_ >= kWorthwhile * distance_) start_round();
  }

  // The seed plus `t` times the change; t may exceed 1.
  void along_ray(double t, std::span<std::uint8_t> image) const {
    for (std::size_t i = 0; i < image.size(); ++i) {
      const double v = seed_image().data[i] + t * (far_.pixels[i] - seed_image().data[i]);
      image[i] = static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L));
    }
  }

  void probed(const Verdict& v, bool taken) {
    if (taken || !v.finite) {
      start_round();
    } else if (v.margin_original <= 0 && v.margin_compressed <= 0) {
      flips_.start(label_, {0, context_->original[row()].log_p, context_->compressed[row()].log_p},
                   {1, v.original.log_p, v.compressed.log_p});
      phase_ = Phase::kSearch;
    } else {
      reach_ *= 1.25;
      if (reach_ * ray_ >= distance_) start_round();
    }
  }

  void searched(const Verdict& v, bool taken) {
    if (taken || !v.finite || ++steps_ > kMostSteps) {
      start_round();
      return;
    }
    flips_.learn({t_, v.original.log_p, v.compressed.log_p});
    const bool too_far = flips_.inside() * reach_ * ray_ >= kWorthwhile * distance_;
    if (too_far || flips_.width() < 0x1p-12) start_round();
  }

  void start_round() {
    phase_ = Phase::kMeasure;
    blocks_.clear();
  }

  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  Shape shape_;
  int label_ = -1;
  Input best_;
  int label_original_ = -1;
  int label_compressed_ = -1;
  double distance_ = 0;
  double base_margin_ = 0;  // mean margin of the best

  Phase phase_ = Phase::kMeasure;
  std::vector<Block> blocks_;
  std::size_t measured_ = 0;
  int rounds_ = 0;
  Input from_;  // the best when the blocks were cut
  Input far_;   // end of the ray
  double ray_ = 0;
  double reach_ = 1;
  double t_ = 0;
  int steps_ = 0;
  FlipSearch flips_;
};

}  // namespace

std::unique_ptr<Refiner> make_shrink() { return std::make_unique<Shrink>(); }

}  // namespace dflare
