// Two outputs of one SlopeModel: the sum of both insistences, and the lean.
#include "strategy/learnt_steps.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dflare {
namespace {

constexpr std::size_t kMostAnswers = 96;
constexpr int kReachInDrawings = 1;
constexpr int kReachInPhotographs = 2;
constexpr double kFirstLength = 0.05;  // root mean square over the image, of the whole range
constexpr double kMostLength = 0.2;
constexpr double kLeastLength = 0.01;
constexpr double kLonger = 1.3;
constexpr double kShorter = 0.95;

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double over_whole(const Shape& shape, double per_value) {
  return per_value * std::sqrt(static_cast<double>(shape.size()));
}

}  // namespace

void LearntSteps::begin(InputView seed) {
  shape_ = seed.shape;
  prior_ = spots(shape_, is_drawing(seed) ? kReachInDrawings : kReachInPhotographs);
  anchored_ = false;
  length_ = over_whole(shape_, kFirstLength);
  model_.begin(shape_, prior_, 2, kMostAnswers);
}

void LearntSteps::anchor_at(InputView image, const Insistence& seen) {
  anchor_.assign(image);
  at_anchor_ = seen;
  anchored_ = true;
  model_.begin(shape_, prior_, 2, kMostAnswers);
}

void LearntSteps::learn(InputView image, const Insistence& seen) {
  if (!anchored_) {
    anchor_at(image, seen);
    return;
  }
  const std::array<double, 2> rises{seen.sum() - at_anchor_.sum(), seen.lean() - at_anchor_.lean()};
  model_.add(anchor_.view(), image, rises);
}

void LearntSteps::draw_slope(Output output, Rng& rng, std::vector<float>& slope) {
  model_.draw(output, model_.empty() ? 1 : model_.spread(output), rng, slope);
}

void LearntSteps::draw(const Insistence& at, Rng& rng, std::vector<int>& change) {
  draw_slope(kSum, rng, up_);
  draw_slope(kLean, rng, lean_);
  const double even = share_of_lean(at);
  const double steepness = std::sqrt(dot(up_, up_));
  const double up = steepness > 0 ? length_ / steepness : 0;
  for (std::size_t i = 0; i < change.size(); ++i) {
    const double wanted = 255 * (up * up_[i] + even * lean_[i]);
    change[i] = static_cast<int>(std::floor(wanted + rng.uniform()));
  }
}

// Takes the lean's slope out of the step's. Returns the share of it that takes back the lean there is, as far as the
// length allows.
double LearntSteps::share_of_lean(const Insistence& at) {
  const double squares = dot(lean_, lean_);
  if (model_.empty() || squares <= 0) return 0;
  const auto common = static_cast<float>(dot(up_, lean_) / squares);
  for (std::size_t i = 0; i < up_.size(); ++i) up_[i] -= common * lean_[i];
  const double most = length_ / std::sqrt(squares);
  return std::clamp(-at.lean() / squares, -most, most);
}

void LearntSteps::lengthen() { length_ = std::min(kLonger * length_, over_whole(shape_, kMostLength)); }

void LearntSteps::shorten() { length_ *= kShorter; }

bool LearntSteps::worn_out() const { return length_ < over_whole(shape_, kLeastLength); }

}  // namespace dflare
