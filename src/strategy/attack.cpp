// First along learnt slopes, then squares as in the Square Attack (Andriushchenko et al., ECCV 2020).
#include "strategy/attack.h"

#include <algorithm>
#include <cmath>

#include "core/array_values.h"

namespace dflare {
namespace {

constexpr std::size_t kMostAnswersOfSpots = 128;  // that a model learns from
constexpr std::size_t kMostAnswersOfStripes = 40;
constexpr std::size_t kMostNumbers = 1U << 21;  // that a model holds: 8 MiB a chain
constexpr int kMostEps = 255;
constexpr int kEpsWithoutLinf = 16;  // grey levels, where only SSIM limits the change

// Share of the image that a square covers, falling with the number of squares tried.
double square_share(int tried) {
  double share = 0.1;
  for (const int halved_at : {10, 50, 200, 500, 1000, 2000}) {
    if (tried > halved_at) share /= 2;
  }
  return share;
}

std::uint8_t moved(std::uint8_t value, int change) {
  return static_cast<std::uint8_t>(std::clamp(value + change, 0, 255));
}

}  // namespace

void Attack::begin(const RunContext& context, SeedIndex seed) {
  context_ = &context;
  seed_ = seed;
  const auto row = static_cast<std::size_t>(seed.value);
  label_ = context.original[row].label;
  tried_ = 0;
  squares_ = 0;
  on_square_ = false;
  opposite_ = false;
  const PerturbationBudget& budget = context.budget;
  const double spread = 3 * 255 / std::sqrt(static_cast<double>(context.shape.size()));
  eps_ = static_cast<int>(budget.linf > 0 ? budget.linf
                          : budget.l2 > 0 ? std::max(1.0, budget.l2 * spread)
                                          : kEpsWithoutLinf);
  stand_at(seed_image(), context.original[row].log_p, context.compressed[row].log_p);
  begin_model();
}

// Spots matter to networks that read drawings, vertical stripes to those that look at photographs. Of arrays nothing is
// known but that what follows in time belongs together.
void Attack::begin_model() {
  const Shape& shape = context_->shape;
  const double longest = eps_ / 255.0 * std::sqrt(static_cast<double>(shape.size()));
  const double l2 = context_->budget.l2;
  reach_ = l2 > 0 ? std::min(l2, longest) : longest;
  const int spot = std::max(1, shape.width / 28);
  const bool spots = is_drawing(seed_image());
  const SlopePrior prior = is_array(shape) ? array_prior(shape)
                           : spots         ? SlopePrior{.across = spot, .down = spot}
                                           : SlopePrior{.across = shape.width / 64, .down = shape.height};
  const std::size_t most = std::min(spots ? kMostAnswersOfSpots : kMostAnswersOfStripes, kMostNumbers / shape.size());
  model_.begin(seed_image(), prior, label_, original_, compressed_, most);
}

bool Attack::widen() {
  if (eps_ >= kMostEps) return false;
  eps_ = std::min(2 * eps_, kMostEps);
  squares_ = 0;
  begin_model();
  return true;
}

void Attack::stand_at(const Verdict& v) { stand_at(v.input, v.original.log_p, v.compressed.log_p); }

void Attack::stand_at(InputView image, std::span<const float> original, std::span<const float> compressed) {
  image_.assign(image);
  original_.assign(original.begin(), original.end());
  compressed_.assign(compressed.begin(), compressed.end());
  sum_ = margin(original, label_) + margin(compressed, label_);
}

void Attack::write(std::span<std::uint8_t> image, Rng& rng) {
  ++tried_;
  on_square_ = model_.full();
  if (on_square_) {
    write_square(image, rng);
  } else {
    model_.draw(reach_, rng, slope_);
    write_downhill(image);
  }
}

// As far against the slope as the budget allows: by its signs, or where L2 alone is limited by its size.
void Attack::write_downhill(std::span<std::uint8_t> image) const {
  const PerturbationBudget& budget = context_->budget;
  if (budget.l2 > 0 && budget.linf <= 0) {
    move_against(slope_, seed_image(), budget.l2, image);
    return;
  }
  if (is_array(context_->shape)) {
    fill_array(seed_image(), image, [this](std::size_t i, double value, double level) {
      return value + (slope_[i] > 0 ? -eps_ : eps_) * level;
    });
    return;
  }
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = moved(seed_image().data[i], slope_[i] > 0 ? -eps_ : eps_);
}

void Attack::write_square(std::span<std::uint8_t> image, Rng& rng) {
  std::copy(image_.pixels.begin(), image_.pixels.end(), image.begin());
  if (opposite_) {
    for (int& s : sign_) s = -s;
  } else {
    const Shape& shape = context_->shape;
    window_ = random_square(shape, std::sqrt(square_share(++squares_) * shape.height * shape.width), rng);
    for (int& s : sign_) s = (rng.next() & 1U) != 0 ? 1 : -1;
  }
  const InputView seed = seed_image();
  for_each_value(context_->shape, window_, [&](std::size_t i, int c) {
    const int change = sign_[static_cast<std::size_t>(c) % sign_.size()] * eps_;
    if (is_array(seed.shape))
      numbers_of(image)[i] = settled(*seed.shape.form, i, seed.numbers()[i] + change * level_of(*seed.shape.form, i));
    else
      image[i] = moved(seed.data[i], change);
  });
}

bool Attack::learn(const Verdict& v) {
  const double sum = v.margin_original + v.margin_compressed;
  const bool left = v.margin_original <= 0;
  const bool lower = left || sum < sum_;
  if (on_square_)
    opposite_ = !lower && !opposite_;
  else
    model_.add(seed_image(), v.input, v.original.log_p, v.compressed.log_p);
  if (lower && !left) stand_at(v);
  return left;
}

}  // namespace dflare
