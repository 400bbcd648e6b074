// An output a class; the rival is chosen anew at every draw.
#include "strategy/label_slope.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/array_values.h"
#include "dflare/budget.h"

namespace dflare {

void LabelSlope::begin(InputView seed, const SlopePrior& prior, int label, std::span<const float> original,
                       std::span<const float> compressed, std::size_t most) {
  label_ = static_cast<std::size_t>(label);
  base_.resize(original.size());
  rises_.resize(original.size());
  for (std::size_t c = 0; c < base_.size(); ++c) base_[c] = lead(c, original, compressed);
  model_.begin(seed.shape, prior, base_.size(), most);
}

void LabelSlope::add(InputView seed, InputView image, std::span<const float> original,
                     std::span<const float> compressed) {
  for (std::size_t c = 0; c < base_.size(); ++c) rises_[c] = lead(c, original, compressed) - base_[c];
  model_.add(seed, image, rises_);
}

void LabelSlope::draw(double reach, Rng& rng, std::vector<float>& slope) {
  if (model_.empty())
    model_.draw(label_, 1, rng, slope);
  else
    model_.draw(likeliest_rival(reach), spread(), rng, slope);
}

// The class whose lead a change along its own slope brings lowest, of equal ones the first. Of most classes a glance
// tells that they are not it: the one that may come lowest is solved for first.
std::size_t LabelSlope::likeliest_rival(double reach) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  least_leads_.resize(base_.size());
  for (std::size_t c = 0; c < base_.size(); ++c)
    least_leads_[c] = c == label_ ? kNever : base_[c] - reach * model_.steepness_at_most(c);
  std::size_t best = label_;
  double least = kNever;
  const auto solve = [&](std::size_t c) {
    const double lead = base_[c] - reach * model_.steepness(c);
    if (lead > least || (lead == least && c > best)) return;
    least = lead;
    best = c;
  };
  const auto likely = std::ranges::min_element(least_leads_) - least_leads_.begin();
  if (least_leads_.size() > 1) solve(static_cast<std::size_t>(likely));
  for (std::size_t c = 0; c < base_.size(); ++c) {
    if (c != label_ && c != best && least_leads_[c] <= least) solve(c);
  }
  return best;
}

// Root mean square over the other classes: a single one's may be small by chance.
double LabelSlope::spread() const {
  double squares = 0;
  for (std::size_t c = 0; c < base_.size(); ++c) {
    const double one = model_.spread(c);  // 0 for the label itself
    squares += one * one;
  }
  return std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, base_.size() - 1)));
}

namespace {

// The seed less the slope times `factor`, in levels.
void write_moved(std::span<const float> slope, InputView seed, double factor, std::span<std::uint8_t> image) {
  if (is_array(seed.shape)) {
    fill_array(seed, image,
               [&](std::size_t i, double value, double level) { return value - factor * slope[i] * level; });
    return;
  }
  for (std::size_t i = 0; i < image.size(); ++i) {
    const double wanted = std::clamp(seed.data[i] - factor * slope[i], 0.0, 255.0);
    image[i] = static_cast<std::uint8_t>(std::lround(wanted));
  }
}

}  // namespace

void move_against(std::span<const float> slope, InputView seed, double l2, std::span<std::uint8_t> image) {
  constexpr int kRounds = 5;
  constexpr double kNearEnough = 0.99;
  double steepness = 0;
  for (const float s : slope) steepness += static_cast<double>(s) * s;
  double factor = steepness > 0 ? 255 * l2 / std::sqrt(steepness) : 0;
  for (int round = 0; round < kRounds; ++round) {  // clipping shortens the change, so that it takes more
    write_moved(slope, seed, factor, image);
    const double length = l2_distance(seed, {seed.shape, image.data()});
    if (length <= 0 || length >= kNearEnough * l2) return;
    factor *= l2 / length;
  }
}

}  // namespace dflare
