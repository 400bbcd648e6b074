// Refining by climbing: local changes that raise a finding's severity.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "strategy/refiners.h"
#include "strategy/squares.h"

namespace dflare {
namespace {

// Adds a random change to a random square, keeps what raises the severity. A change that lowers it is tried with the
// opposite sign next, since so small a step is nearly linear; one that raises it is repeated.
class Climb : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex /*seed*/, const Best& found, double severity,
             std::int64_t queries) override {
    best_.assign(found.image);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    severity_ = severity;
    acceptance_ = context.acceptance;
    queries_ = queries;
    asked_ = 0;
    next_ = Next::kFresh;
    change_.assign(best_.pixels.size(), 0);
  }

  void propose(Rng& rng, Batch& out) override {
    if (next_ == Next::kFresh) draw_change(rng);
    const std::span<std::uint8_t> image = out.append();
    const int sign = next_ == Next::kOpposite ? -1 : 1;
    for (std::size_t i = 0; i < image.size(); ++i) {
      image[i] = static_cast<std::uint8_t>(std::clamp(best_.pixels[i] + sign * change_[i], 0, 255));
    }
  }

  bool observe(const Verdict& v) override {
    ++asked_;
    const double s = v.deviates ? severity(v.original, v.compressed) : -1;
    if (s > severity_) {
      best_.assign(v.input);
      label_original_ = v.original.label;
      label_compressed_ = v.compressed.label;
      severity_ = s;
      if (next_ == Next::kOpposite) {
        for (int& c : change_) c = -c;
      }
      next_ = Next::kAgain;
    } else {
      next_ = next_ == Next::kFresh ? Next::kOpposite : Next::kFresh;
    }
    return true;
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_}; }

 private:
  enum class Next { kFresh, kOpposite, kAgain };

  void draw_change(Rng& rng) {
    static const double S0 = std::getenv("S0") ? std::atof(std::getenv("S0")) : 0.35;
    static const double S1 = std::getenv("S1") ? std::atof(std::getenv("S1")) : 0.1;
    static const int AMP = std::getenv("AMP") ? std::atoi(std::getenv("AMP")) : 24;
    static const double PC = std::getenv("PC") ? std::atof(std::getenv("PC")) : 0.5;
    const double progress = static_cast<double>(asked_) / static_cast<double>(queries_);
    const double share = S0 * std::pow(S1 / S0, progress);
    std::fill(change_.begin(), change_.end(), 0);
    const Window w = random_square(best_.shape, share * best_.shape.height, rng);
    int colour[3];
    for (int& c : colour) c = rng.between(-AMP, AMP);
    const bool plain = rng.uniform() < PC;
    for_each_value(best_.shape, w,
                   [&](std::size_t i, int c) { change_[i] = plain ? colour[c] : rng.between(-AMP, AMP); });
  }

  Input best_;
  int label_original_ = -1;
  int label_compressed_ = -1;
  double severity_ = 0;
  Acceptance acceptance_;
  std::int64_t queries_ = 0;
  std::int64_t asked_ = 0;
  Next next_ = Next::kFresh;
  std::vector<int> change_;
};

}  // namespace

std::unique_ptr<Refiner> make_climb() { return std::make_unique<Climb>(); }

std::unique_ptr<Refiner> make_refiner(Refine refine) {
  switch (refine) {
    case Refine::kNone:
      return nullptr;
    case Refine::kClimb:
      return make_climb();
    case Refine::kShrink:
      return make_shrink();
  }
  return nullptr;
}

}  // namespace dflare
