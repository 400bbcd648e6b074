// Refining by climbing: local changes that raise a finding's severity.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/array_values.h"
#include "strategy/insistence.h"
#include "strategy/learnt_steps.h"
#include "strategy/refiners.h"
#include "strategy/repetition.h"
#include "strategy/squares.h"

namespace dflare {
namespace {

constexpr double kFirstShare = 0.3;  // side of a changed square as a share of the image's height, at first
constexpr double kLastShare = 0.05;  // and when the queries are nearly spent
constexpr double kAmplitude = 20;    // of a change at first, grey levels
constexpr double kLeastAmplitude = 6;
constexpr double kMostAmplitude = 160;
constexpr double kBolder = 1.2;    // after a change that paid
constexpr double kTimider = 0.96;  // after one that did not
constexpr double kUneven = 0.4;    // difference of the two insistences, as a share of their sum
constexpr int kMostEvenings = 2;   // of one change

// Keeps changes that raise the height. Where outputs are real numbers these are LearntSteps at first; once they are
// worn out, and from the start where outputs come in steps, too coarse to learn small differences from, they are random
// changes of random squares. A square's change that lowers the height is tried with the opposite sign next, since so
// small a step is nearly linear; one that raises it is repeated. Changes grow while they pay and shrink while they do
// not. A change that raises the sum but leaves one model far surer than the other is evened out, by a step along the
// line through seed and finding: there both models lean towards the same side. 8-bit outputs hold severity on one of
// their steps for long: a change that leaves it there is taken too, so as not to stay at one place of the step.
class PixelClimb : public Refiner {
 public:
  void begin(const RunContext& context, SeedIndex seed, const Best& found, double severity,
             std::int64_t queries) override {
    best_.assign(found.image);
    current_.assign(found.image);
    a_ = static_cast<std::size_t>(found.label_original);
    b_ = static_cast<std::size_t>(found.label_compressed);
    label_original_ = found.label_original;
    label_compressed_ = found.label_compressed;
    severity_ = severity;
    at_ = {severity, severity};
    queries_ = queries;
    asked_ = 0;
    amplitude_ = kAmplitude;
    next_ = Next::kFresh;
    evenings_ = 0;
    repetition_.begin(current_.view());
    change_.assign(current_.shape.size(), 0);
    regression_ = context.goal == Goal::kRegression;
    by_square_ = context.original_reading.step > 0 || context.compressed_reading.step > 0;
    if (!by_square_) steps_.begin(context.input(seed));
    find_line(context, seed);
  }

  void propose(Rng& rng, Batch& out) override {
    if (next_ == Next::kFresh) draw_change(rng);
    const std::span<std::uint8_t> image = out.append();
    if (next_ == Next::kEven) {
      step_along_line(rng, image);
      return;
    }
    const int sign = next_ == Next::kOpposite ? -1 : 1;
    if (is_array(current_.shape)) {
      fill_array(current_.view(), image,
                 [&](std::size_t i, double value, double level) { return value + sign * change_[i] * level; });
      return;
    }
    for (std::size_t i = 0; i < image.size(); ++i) {
      image[i] = static_cast<std::uint8_t>(std::clamp(current_.pixels[i] + sign * change_[i], 0, 255));
    }
  }

  [[nodiscard]] bool would_take(const Verdict& v) const override { return decisiveness(v) > severity_; }

  bool observe(std::span<const Verdict> verdicts) override {
    const Verdict& v = verdicts.front();
    ++asked_;
    repetition_.see(v.input);
    if (repetition_.stuck()) return false;
    if (!v.finite) {
      next_ = Next::kFresh;
      return true;
    }
    if (v.deviates) keep_if_best(v);
    const Insistence now = regression_ ? Insistence{v.margin_original, -v.margin_compressed}
                                       : Insistence{lead(v.original, a_, b_), lead(v.compressed, b_, a_)};
    if (!by_square_) learn_slope(v, now);
    if (next_ == Next::kEven) learn_pull(now);
    if (v.deviates && now.height() > at_.height()) {
      climbed(v, now);
    } else if (v.deviates && next_ == Next::kFresh && now.severity() == at_.severity()) {
      move_to(v, now);
    } else {
      fell_short(v, now);
    }
    return true;
  }

  [[nodiscard]] Best best() const override { return {best_.view(), label_original_, label_compressed_, {}}; }

 private:
  enum class Next { kFresh, kOpposite, kAgain, kEven };

  static double lead(const AnswerView& answer, std::size_t a, std::size_t b) {
    return static_cast<double>(answer.log_p[a]) - static_cast<double>(answer.log_p[b]);
  }

  [[nodiscard]] double decisiveness(const Verdict& v) const {
    return regression_ ? regression_severity(v) : severity(v.original, v.compressed);
  }

  void keep_if_best(const Verdict& v) {
    const double s = decisiveness(v);
    if (s <= severity_) return;
    best_.assign(v.input);
    label_original_ = v.original.label;
    label_compressed_ = v.compressed.label;
    severity_ = s;
  }

  void move_to(const Verdict& v, const Insistence& now) {
    current_.assign(v.input);
    at_ = now;
    evenings_ = 0;
  }

  void climbed(const Verdict& v, const Insistence& now) {
    move_to(v, now);
    if (by_square_)
      amplitude_ = std::min(amplitude_ * kBolder, kMostAmplitude);
    else
      steps_.lengthen();
    if (next_ == Next::kOpposite) {
      for (int& c : change_) c = -c;
    }
    const bool evened = next_ == Next::kEven;
    next_ = evened || !by_square_ ? Next::kFresh : Next::kAgain;
    if (!evened && std::abs(now.lean()) > kUneven * now.sum()) even_out(v, now);
  }

  void fell_short(const Verdict& v, const Insistence& now) {
    if (evenings_ < kMostEvenings && now.sum() > at_.sum() && even_out(v, now)) return;
    evenings_ = 0;
    if (by_square_)
      amplitude_ = std::max(amplitude_ * kTimider, kLeastAmplitude);
    else
      steps_.shorten();
    next_ = by_square_ && next_ == Next::kFresh ? Next::kOpposite : Next::kFresh;
  }

  // From the finding to the seed both models lean towards the seed's label, at first as if they did so evenly.
  void find_line(const RunContext& context, SeedIndex seed) {
    const InputView from = context.input(seed);
    line_.resize(current_.shape.size());
    for (std::size_t i = 0; i < line_.size(); ++i) line_[i] = difference(from, current_.view(), i);
    const auto row = static_cast<std::size_t>(seed.value);
    pull_ = (lead(context.original[row], a_, b_) + lead(context.compressed[row], a_, b_)) / 2;
  }

  // In pixels' values or an array's numbers.
  static float difference(InputView a, InputView b, std::size_t i) {
    return is_array(a.shape) ? a.numbers()[i] - b.numbers()[i] : static_cast<float>(a.data[i] - b.data[i]);
  }

  // False: the line does not lead there.
  bool even_out(const Verdict& v, const Insistence& now) {
    if (now.lean() == 0 || std::abs(now.lean()) >= std::abs(pull_)) return false;
    uneven_.assign(v.input);
    lean_ = now.lean();
    step_ = -lean_ / pull_;
    next_ = Next::kEven;
    ++evenings_;
    return true;
  }

  void step_along_line(Rng& rng, std::span<std::uint8_t> image) const {
    if (is_array(uneven_.shape)) {
      fill_array(uneven_.view(), image, [&](std::size_t i, double value, double) { return value + step_ * line_[i]; });
      return;
    }
    for (std::size_t i = 0; i < image.size(); ++i) {
      const double wanted = uneven_.pixels[i] + step_ * line_[i];
      image[i] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(std::floor(wanted + rng.uniform())), 0, 255));
    }
  }

  void learn_pull(const Insistence& now) {
    const double seen = (now.lean() - lean_) / step_;
    if (seen * pull_ > 0) pull_ = (pull_ + seen) / 2;
  }

  [[nodiscard]] double progress() const { return static_cast<double>(asked_) / static_cast<double>(queries_); }

  void learn_slope(const Verdict& v, const Insistence& now) {
    if (steps_.full()) steps_.anchor_at(current_.view(), at_);
    steps_.learn(v.input, now);
  }

  void draw_change(Rng& rng) {
    by_square_ = by_square_ || steps_.worn_out();
    if (by_square_)
      draw_square(rng);
    else
      steps_.draw(at_, rng, change_);
  }

  // What a square's side is a share of: the height of an image, the longer axis of an array.
  static int side_of(const Shape& shape) {
    return is_array(shape) ? std::max(shape.height, shape.width) : shape.height;
  }

  void draw_square(Rng& rng) {
    const double share = kFirstShare * std::pow(kLastShare / kFirstShare, progress());
    std::fill(change_.begin(), change_.end(), 0);
    const Window w = random_square(current_.shape, share * side_of(current_.shape), rng);
    const int most = static_cast<int>(std::lround(amplitude_));
    for_each_value(current_.shape, w, [&](std::size_t i, int) { change_[i] = rng.between(-most, most); });
  }

  Input best_, current_;
  Insistence at_;  // of the current image
  std::size_t a_ = 0, b_ = 0;
  double amplitude_ = kAmplitude;
  int label_original_ = -1;
  int label_compressed_ = -1;
  double severity_ = 0;
  bool regression_ = false;  // the run's goal
  std::int64_t queries_ = 0;
  std::int64_t asked_ = 0;
  Next next_ = Next::kFresh;
  Repetition repetition_;
  std::vector<int> change_;
  bool by_square_ = false;  // how the change was drawn
  LearntSteps steps_;

  std::vector<float> line_;  // the seed less the finding
  double pull_ = 0;          // change of the lean over the whole line, estimated
  Input uneven_;             // where the step starts, and its lean
  double lean_ = 0, step_ = 0;
  int evenings_ = 0;
};

}  // namespace

std::unique_ptr<Refiner> make_pixel_climb() { return std::make_unique<PixelClimb>(); }

}  // namespace dflare
