// Squares of +-eps, as in the Square Attack (Andriushchenko et al., ECCV 2020).
#include "strategy/attack.h"

#include <algorithm>
#include <cmath>

#include "strategy/neighbours.h"

namespace dflare {
namespace {

constexpr int kCandidates = 24;  // other seeds looked at for a lean
constexpr int kLeans = 10;       // towards other seeds, where stripes help less than the first

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
  leaning_ = false;
  opposite_ = false;
  const PerturbationBudget& budget = context.budget;
  const double spread = 3 * 255 / std::sqrt(static_cast<double>(context.shape.size()));
  eps_ = static_cast<int>(budget.linf > 0 ? budget.linf : budget.l2 > 0 ? std::max(1.0, budget.l2 * spread) : 16);
  stand_at(seed_image(), context.original[row].log_p, context.compressed[row].log_p);
}

void Attack::stand_at(const Verdict& v) { stand_at(v.input, v.original.log_p, v.compressed.log_p); }

void Attack::stand_at(InputView image, std::span<const float> original, std::span<const float> compressed) {
  image_.assign(image);
  original_.assign(original.begin(), original.end());
  compressed_.assign(compressed.begin(), compressed.end());
  sum_ = margin(original, label_) + margin(compressed, label_);
}

void Attack::write(std::span<std::uint8_t> image, Rng& rng) {
  std::copy(image_.pixels.begin(), image_.pixels.end(), image.begin());
  const int nth = tried_++;
  if (nth == 1)
    write_stripes(image, rng);
  else if (nth == 0 || (leaning_ && nth <= kLeans))
    write_lean(image, rng);
  else
    write_square(image, rng);
}

void Attack::write_square(std::span<std::uint8_t> image, Rng& rng) {
  if (opposite_) {
    for (int& s : sign_) s = -s;
  } else {
    const Shape& shape = context_->shape;
    window_ = random_square(shape, std::sqrt(square_share(tried_) * shape.height * shape.width), rng);
    for (int& s : sign_) s = (rng.next() & 1U) != 0 ? 1 : -1;
  }
  for_each_value(context_->shape, window_, [&](std::size_t i, int c) {
    image[i] = moved(seed_image().data[i], sign_[static_cast<std::size_t>(c)] * eps_);
  });
}

// Vertical stripes of +-eps, which undefended networks are weak to.
void Attack::write_stripes(std::span<std::uint8_t> image, Rng& rng) const {
  const Shape& shape = context_->shape;
  for (int x = 0; x < shape.width; ++x) {
    for (int c = 0; c < shape.channels; ++c) {
      const int change = (rng.next() & 1U) != 0 ? eps_ : -eps_;
      for (int y = 0; y < shape.height; ++y) {
        const auto i = static_cast<std::size_t>((y * shape.width + x) * shape.channels + c);
        image[i] = moved(seed_image().data[i], change);
      }
    }
  }
}

// Another seed as far as the budget lets it come: on some data a whole class lies that way.
void Attack::write_lean(std::span<std::uint8_t> image, Rng& rng) const {
  const SeedIndex other = near_other_seed(*context_, seed_, label_, kCandidates, rng);
  if (other.value < 0) return;
  const InputView to = context_->input(other);
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[i] = moved(seed_image().data[i], std::clamp(to.data[i] - seed_image().data[i], -eps_, eps_));
  }
}

bool Attack::learn(const Verdict& v) {
  const double sum = v.margin_original + v.margin_compressed;
  if (tried_ == 2) leaning_ = sum >= sum_;
  const bool left = v.margin_original <= 0;
  if (left || sum < sum_) {
    if (!left) stand_at(v);
    opposite_ = false;
  } else {
    opposite_ = !opposite_ && tried_ > (leaning_ ? kLeans + 1 : 2);
  }
  return left;
}

}  // namespace dflare
