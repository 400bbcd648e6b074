// Refining by climbing: local changes that raise a finding's severity.
#include <algorithm>
#include <cmath>
#include <utility>

#include "strategy/refiners.h"
#include "strategy/squares.h"

namespace dflare {
namespace {

constexpr double kFirstShare = 0.3;  // side of a changed square as a share of the image's height, at first
constexpr double kLastShare = 0.05;  // and when the queries are nearly spent
constexpr double kAmplitude = 20;    // of a change at first, grey levels
constexpr double kLeastAmplitude = 6;
constexpr double kMostAmplitude = 48;
constexpr double kBolder = 1.12;   // after a change that paid
constexpr double kTimider = 0.97;  // after one that did not

// Adds a random change to a random square and keeps what raises the score. A change that lowers it is tried with the
// opposite sign next, since so small a step is nearly linear; one that raises it is repeated. Changes grow while they
// pay and shrink while they do not.
class Climb : public Refiner {
 public:
  void begin(const RunContext& /*context*/, SeedIndex /*seed*/, const Best& found, double severity,
             std::int64_t queries) override {
    best_.assign(found.image);
    current_.assign(found.image);
    a_ = static_cast<std::size_t>(found.label_original);
    b_ = static_cast<std::size_t>(found.label_compressed);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    severity_ = severity;
    score_ = severity;
    queries_ = queries;
    asked_ = 0;
    amplitude_ = kAmplitude;
    next_ = Next::kFresh;
    change_.assign(current_.pixels.size(), 0);
  }

  void propose(Rng& rng, Batch& out) override {
    if (next_ == Next::kFresh) draw_change(rng);
    const std::span<std::uint8_t> image = out.append();
    const int sign = next_ == Next::kOpposite ? -1 : 1;
    for (std::size_t i = 0; i < image.size(); ++i) {
      image[i] = static_cast<std::uint8_t>(std::clamp(current_.pixels[i] + sign * change_[i], 0, 255));
    }
  }

  bool observe(const Verdict& v) override {
    ++asked_;
    if (!v.finite) {
      next_ = Next::kFresh;
      return true;
    }
    if (v.deviates) keep_if_best(v);
    const double s = score_of(v);
    const bool higher = s > score_;
    if (higher) {
      current_.assign(v.input);
      score_ = s;
      if (next_ == Next::kOpposite) {
        for (int& c : change_) c = -c;
      }
      next_ = Next::kAgain;
    } else {
      next_ = next_ == Next::kFresh ? Next::kOpposite : Next::kFresh;
    }
    amplitude_ = std::clamp(amplitude_ * (higher ? kBolder : kTimider), kLeastAmplitude, kMostAmplitude);
    return true;
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_}; }

 private:
  void keep_if_best(const Verdict& v) {
    const double s = severity(v.original, v.compressed);
    if (s <= severity_) return;
    best_.assign(v.input);
    label_original_ = v.original.label;
    label_compressed_ = v.compressed.label;
    severity_ = s;
  }

  // Severity is the lesser of the two models' insistence; their sum is the harder half of it, since a step towards one
  // model's boundary shifts insistence from one to the other. So the walk goes by the mean of both.
  [[nodiscard]] double score_of(const Verdict& v) const {
    const double f = static_cast<double>(v.original.log_p[a_]) - static_cast<double>(v.original.log_p[b_]);
    const double g = static_cast<double>(v.compressed.log_p[b_]) - static_cast<double>(v.compressed.log_p[a_]);
    return (std::min(f, g) + (f + g) / 2) / 2;
  }

  enum class Next { kFresh, kOpposite, kAgain };

  [[nodiscard]] double progress() const { return static_cast<double>(asked_) / static_cast<double>(queries_); }

  void draw_change(Rng& rng) {
    const double share = kFirstShare * std::pow(kLastShare / kFirstShare, progress());
    std::fill(change_.begin(), change_.end(), 0);
    const Window w = random_square(current_.shape, share * current_.shape.height, rng);
    const int most = static_cast<int>(std::lround(amplitude_));
    for_each_value(current_.shape, w, [&](std::size_t i, int) { change_[i] = rng.between(-most, most); });
  }

  Input best_;
  Input current_;
  std::size_t a_ = 0, b_ = 0;
  double score_ = 0;
  double amplitude_ = kAmplitude;
  int label_original_ = -1;
  int label_compressed_ = -1;
  double severity_ = 0;
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
