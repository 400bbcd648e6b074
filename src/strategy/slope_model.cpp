// A linear kernel with a blurred prior; the factor grows by one row an answer.
#include "strategy/slope_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/array_values.h"

namespace dflare {
namespace {

constexpr double kDrawn = 0.5;        // of the values at an end of the range: such an image is a drawing
constexpr int kMostCells = 32;        // along either side
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

SlopePrior array_prior(const Shape& shape) { return {.across = 0, .down = shape.height > 1 ? 1 : 0}; }

SlopePrior spots(const Shape& shape, int reach) {
  if (is_array(shape)) return array_prior(shape);
  const int side = std::max(shape.height, shape.width);
  return {.across = reach, .down = reach, .cell = (side + kMostCells - 1) / kMostCells};
}

bool is_drawing(InputView image) {
  if (is_array(image.shape)) return false;
  const auto pixels = image.pixels();
  const auto at_end = std::count_if(pixels.begin(), pixels.end(), [](std::uint8_t v) { return v == 0 || v == 255; });
  return static_cast<double>(at_end) > kDrawn * static_cast<double>(pixels.size());
}

void SlopeModel::begin(const Shape& shape, const SlopePrior& prior, std::size_t outputs, std::size_t most) {
  shape_ = shape;
  prior_ = prior;
  const auto in_cells = [&prior](int pixels) { return (pixels + prior.cell - 1) / prior.cell; };
  cells_ = {in_cells(shape_.height), in_cells(shape_.width), shape_.channels};
  outputs_ = outputs;
  size_ = 0;
  most_ = most;
  changes_.resize(most_ * cells_.size());
  noise_.resize(most_);
  factors_.resize(most_ * most_);
  rises_.resize(outputs_ * most_);
  falls_.resize(outputs_ * most_);
  for (auto* v : {&weights_, &doubts_}) v->reserve(most_);
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
void SlopeModel::gather(InputView anchor, InputView image) {
  std::fill(gathered_.begin(), gathered_.end(), 0.0F);
  if (is_array(anchor.shape)) {
    const ArrayForm& form = *anchor.shape.form;
    const std::span<const float> from = anchor.numbers(), to = image.numbers();
    for (std::size_t i = 0; i < to.size(); ++i) gathered_[i] = (to[i] - from[i]) / form.range(i);
    return;  // a cell is a number
  }
  for_each_value_of_cells(
      [&](std::size_t i, std::size_t cell) { gathered_[cell] += static_cast<float>(image.data[i] - anchor.data[i]); });
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
  if (cells_.channels != 3 || is_array(shape_)) return;
  for (std::size_t i = 0; i < values.size(); i += 3) {
    const float mean = (values[i] + values[i + 1] + values[i + 2]) / 3;
    for (std::size_t c = 0; c < 3; ++c) values[i + c] += kColourTie * (mean - values[i + c]);
  }
}

void SlopeModel::add(InputView anchor, InputView image, std::span<const double> rises) {
  gather(anchor, image);
  blur(gathered_);
  if (dot(gathered_, gathered_) <= 0) return;  // the anchor itself
  std::copy(gathered_.begin(), gathered_.end(), change(size_).begin());
  for (std::size_t o = 0; o < outputs_; ++o) rises_[o * most_ + size_] = rises[o];
  factor_in();
}

// Takes in the next answer, whose change and rises are in place.
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
  for (std::size_t o = 0; o < outputs_; ++o) {
    double* const falls = falls_.data() + o * most_;
    double v = rises_[o * most_ + n];
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
  for (std::size_t o = 0; o < outputs_; ++o) {
    double* const rises = rises_.data() + o * most_;
    std::copy(rises + first, rises + size_, rises);
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

// The weights of the output's likeliest slope.
void SlopeModel::solve(std::size_t output) {
  const double* const falls = falls_.data() + output * most_;
  weights_.assign(falls, falls + size_);
  solve_back(weights_);
}

double SlopeModel::steepness(std::size_t output) {
  solve(output);
  const double* const falls = falls_.data() + output * most_;
  double explained = 0;
  for (std::size_t i = 0; i < size_; ++i) explained += falls[i] * falls[i] - noise_[i] * weights_[i] * weights_[i];
  return std::sqrt(std::max(explained, 0.0));
}

// The same sum in the same order, less nothing: rounding keeps it no smaller.
double SlopeModel::steepness_at_most(std::size_t output) const {
  const double* const falls = falls_.data() + output * most_;
  double squares = 0;
  for (std::size_t i = 0; i < size_; ++i) squares += falls[i] * falls[i];
  return std::sqrt(squares);
}

double SlopeModel::spread(std::size_t output) const {
  const double* const falls = falls_.data() + output * most_;
  double squares = 0;
  for (std::size_t i = 0; i < size_; ++i) squares += falls[i] * falls[i];
  return std::sqrt(squares / static_cast<double>(size_));
}

void SlopeModel::draw(std::size_t output, double spread, Rng& rng, std::vector<float>& slope) {
  rng.normals(noise_field_);
  drawn_.assign(noise_field_.begin(), noise_field_.end());
  if (!empty()) {
    solve(output);
    condition(kTemperature * spread, rng);
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
    const auto weight = static_cast<float>(weights_[i] - doubts_[i]);
    const std::span<const float> changed = change(i);
    for (std::size_t k = 0; k < drawn_.size(); ++k) drawn_[k] += weight * changed[k];
  }
}

}  // namespace dflare
