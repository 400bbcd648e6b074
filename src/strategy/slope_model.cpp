// A linear kernel with a blurred prior; the factor grows by one row an answer.
#include "strategy/slope_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dflare/budget.h"

namespace dflare {
namespace {

constexpr double kNoise = 0.03;       // of an answer, as a share of its prior variance: how far from straight lines are
constexpr double kTemperature = 0.4;  // share of what is unknown that is drawn: 1 explores most
constexpr float kColourTie = 0.5F;    // how much of a slope the three channels have in common

double dot(std::span<const float> a, std::span<const float> b) {
  std::array<float, 8> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += a[i + k] * b[i + k];
  }
  double sum = 0;
  for (const float s : sums) sum += s;
  for (; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void SlopeModel::begin(InputView seed, const SlopePrior& prior, int label, std::span<const float> original,
                       std::span<const float> compressed, std::size_t most) {
  shape_ = seed.shape;
  prior_ = prior;
  const auto in_cells = [&prior](int pixels) { return (pixels + prior.cell - 1) / prior.cell; };
  cells_ = {in_cells(shape_.height), in_cells(shape_.width), shape_.channels};
  label_ = static_cast<std::size_t>(label);
  classes_ = original.size();
  size_ = 0;
  most_ = most;
  base_.resize(classes_);
  for (std::size_t c = 0; c < classes_; ++c) {
    base_[c] = (original[label_] - original[c] + compressed[label_] - compressed[c]) / 2.0;
  }
  changes_.resize(most_ * cells_.size());
  noise_.resize(most_);
  factors_.resize(most_ * most_);
  answers_.resize(classes_ * most_);
  falls_.resize(classes_ * most_);
  for (auto* v : {&weights_, &best_weights_, &doubts_}) v->reserve(most_);
  for (auto* v : {&gathered_, &noise_field_, &drawn_}) v->resize(cells_.size());
  line_.reserve(static_cast<std::size_t>(std::max(cells_.height, cells_.width)));
}

// Calls f(index of a value of the image, index of its cell's value).
template <class F>
void SlopeModel::for_each_value_of_cells(F&& f) const {
  std::size_t value = 0;
  for (int y = 0; y < shape_.height; ++y) {
    const int row = y / prior_.cell * cells_.width;
    for (int x = 0; x < shape_.width; ++x) {
      auto cell = static_cast<std::size_t>((row + x / prior_.cell) * cells_.channels);
      for (int c = 0; c < shape_.channels; ++c) f(value++, cell++);
    }
  }
}

// The change of every cell. Divided by a cell's side, its L2 norm is that of the change itself where that is one within
// cells.
void SlopeModel::gather(InputView seed, InputView image) {
  std::fill(gathered_.begin(), gathered_.end(), 0.0F);
  for_each_value_of_cells(
      [&](std::size_t i, std::size_t cell) { gathered_[cell] += static_cast<float>(image.data[i] - seed.data[i]); });
  for (float& v : gathered_) v /= 255.0F * static_cast<float>(prior_.cell);
}

void SlopeModel::write_pixels(std::vector<float>& slope) const {
  slope.resize(shape_.size());
  for_each_value_of_cells([&](std::size_t i, std::size_t cell) { slope[i] = drawn_[cell]; });
}

// A box blur along rows or columns; beyond the edge there is nothing.
void SlopeModel::blur_lines(std::vector<float>& values, bool across) {
  const auto channels = static_cast<std::size_t>(cells_.channels);
  const auto row = static_cast<std::size_t>(cells_.width) * channels;
  const int length = across ? cells_.width : cells_.height;
  const std::size_t step = across ? channels : row;
  const std::size_t lines = cells_.size() / static_cast<std::size_t>(length);
  const int reach = std::min(across ? prior_.across : prior_.down, length);
  if (reach == 0) return;
  line_.resize(static_cast<std::size_t>(length));
  const float share = 1.0F / static_cast<float>(2 * reach + 1);
  for (std::size_t l = 0; l < lines; ++l) {
    float* const first = values.data() + (across ? l / channels * row + l % channels : l);
    for (int i = 0; i < length; ++i) line_[static_cast<std::size_t>(i)] = first[static_cast<std::size_t>(i) * step];
    float sum = 0;
    for (int i = 0; i < reach; ++i) sum += line_[static_cast<std::size_t>(i)];
    for (int i = 0; i < length; ++i) {
      if (i + reach < length) sum += line_[static_cast<std::size_t>(i + reach)];
      if (i > reach) sum -= line_[static_cast<std::size_t>(i - reach - 1)];
      first[static_cast<std::size_t>(i) * step] = sum * share;
    }
  }
}

// Symmetric, so that twice of it is a covariance.
void SlopeModel::blur(std::vector<float>& values) {
  for (int pass = 0; pass < 2; ++pass) {
    blur_lines(values, true);
    blur_lines(values, false);
  }
  if (cells_.channels != 3) return;
  for (std::size_t i = 0; i < values.size(); i += 3) {
    const float mean = (values[i] + values[i + 1] + values[i + 2]) / 3;
    for (std::size_t c = 0; c < 3; ++c) values[i + c] += kColourTie * (mean - values[i + c]);
  }
}

void SlopeModel::add(InputView seed, InputView image, std::span<const float> original,
                     std::span<const float> compressed) {
  gather(seed, image);
  blur(gathered_);
  if (dot(gathered_, gathered_) <= 0) return;  // the seed itself
  std::copy(gathered_.begin(), gathered_.end(), change(size_).begin());
  for (std::size_t c = 0; c < classes_; ++c) {
    const double lead = (original[label_] - original[c] + compressed[label_] - compressed[c]) / 2.0;
    answers_[c * most_ + size_] = lead - base_[c];
  }
  factor_in();
}

// Takes in the next answer, whose change and leads are in place.
void SlopeModel::factor_in() {
  const std::size_t n = size_;
  const double variance = dot(change(n), change(n));
  noise_[n] = kNoise * variance;
  double rest = variance + noise_[n];
  for (std::size_t j = 0; j < n; ++j) {
    double v = dot(change(n), change(j));
    for (std::size_t k = 0; k < j; ++k) v -= factor(n, k) * factor(j, k);
    factor(n, j) = v / factor(j, j);
    rest -= factor(n, j) * factor(n, j);
  }
  factor(n, n) = std::sqrt(std::max(rest, 0.1 * noise_[n]));
  for (std::size_t c = 0; c < classes_; ++c) {
    double* const falls = falls_.data() + c * most_;
    double v = answers_[c * most_ + n];
    for (std::size_t k = 0; k < n; ++k) v -= factor(n, k) * falls[k];
    falls[n] = v / factor(n, n);
  }
  ++size_;
}

void SlopeModel::forget_older_half() {
  const std::size_t first = size_ / 2;
  const std::size_t kept = size_ - first;
  const float* const changes = changes_.data();
  std::copy(changes + first * cells_.size(), changes + size_ * cells_.size(), changes_.data());
  for (std::size_t c = 0; c < classes_; ++c) {
    double* const answers = answers_.data() + c * most_;
    std::copy(answers + first, answers + size_, answers);
  }
  size_ = 0;
  while (size_ < kept) factor_in();
}

void SlopeModel::solve_forward(std::vector<double>& values) {
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t k = 0; k < i; ++k) values[i] -= factor(i, k) * values[k];
    values[i] /= factor(i, i);
  }
}

void SlopeModel::solve_back(std::vector<double>& values) {
  for (std::size_t i = size_; i-- > 0;) {
    values[i] /= factor(i, i);
    for (std::size_t k = 0; k < i; ++k) values[k] -= factor(i, k) * values[i];
  }
}

// The class whose lead a change along its own slope brings lowest; best_weights_ gets the slope's weights. `spread`:
// how large the answers say slopes are, against the prior.
std::size_t SlopeModel::likeliest_rival(double reach, double& spread) {
  std::size_t best = classes_;
  double least = 0;
  double squares = 0;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (c == label_) continue;
    const auto first = falls_.begin() + static_cast<std::ptrdiff_t>(c * most_);
    weights_.assign(first, first + static_cast<std::ptrdiff_t>(size_));
    double explained = 0;
    for (const double f : weights_) explained += f * f;
    squares += explained;
    solve_back(weights_);
    for (std::size_t i = 0; i < size_; ++i) explained -= noise_[i] * weights_[i] * weights_[i];
    const double lead = base_[c] - reach * std::sqrt(std::max(explained, 0.0));
    if (best == classes_ || lead < least) {
      least = lead;
      best = c;
      std::swap(best_weights_, weights_);
    }
  }
  spread = std::sqrt(squares / static_cast<double>(size_ * std::max<std::size_t>(1, classes_ - 1)));
  return best;
}

void SlopeModel::draw(double reach, Rng& rng, std::vector<float>& slope) {
  rng.normals(noise_field_);
  drawn_.assign(noise_field_.begin(), noise_field_.end());
  if (size_ > 0) {
    double spread = 0;
    if (likeliest_rival(reach, spread) < classes_) condition(kTemperature * spread, rng);
  }
  blur(drawn_);
  write_pixels(slope);
}

// Makes the drawn noise, of that amplitude, agree with the answers.
void SlopeModel::condition(double amplitude, Rng& rng) {
  doubts_.resize(size_);  // what the drawn noise would have answered, to be taken back
  for (std::size_t i = 0; i < size_; ++i) {
    doubts_[i] = amplitude * (dot(noise_field_, change(i)) + std::sqrt(noise_[i]) * rng.normal());
  }
  solve_forward(doubts_);
  solve_back(doubts_);
  for (float& v : drawn_) v *= static_cast<float>(amplitude);
  for (std::size_t i = 0; i < size_; ++i) {
    const auto weight = static_cast<float>(best_weights_[i] - doubts_[i]);
    const std::span<const float> changed = change(i);
    for (std::size_t k = 0; k < drawn_.size(); ++k) drawn_[k] += weight * changed[k];
  }
}

void move_against(std::span<const float> slope, InputView seed, double l2, std::span<std::uint8_t> image) {
  constexpr int kRounds = 5;
  constexpr double kNearEnough = 0.99;
  double steepness = 0;
  for (const float s : slope) steepness += static_cast<double>(s) * s;
  double factor = steepness > 0 ? 255 * l2 / std::sqrt(steepness) : 0;
  for (int round = 0; round < kRounds; ++round) {  // clipping shortens the change, so that it takes more
    for (std::size_t i = 0; i < image.size(); ++i) {
      const double wanted = std::clamp(seed.data[i] - factor * slope[i], 0.0, 255.0);
      image[i] = static_cast<std::uint8_t>(std::lround(wanted));
    }
    const double length = l2_distance(seed, {seed.shape, image.data()});
    if (length <= 0 || length >= kNearEnough * l2) return;
    factor *= l2 / length;
  }
}

}  // namespace dflare
