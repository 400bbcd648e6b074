// From raw outputs to probabilities, log-probabilities and labels.
#include "dflare/answers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr float kLeastProbability = 1e-12F;

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

void softmax(std::span<const float> z, float top, std::span<float> p, std::span<float> log_p) {
  double sum = 0;
  for (std::size_t c = 0; c < z.size(); ++c) {
    p[c] = std::exp(z[c] - top);
    sum += p[c];
  }
  const auto log_sum = static_cast<float>(std::log(sum));
  const auto scale = static_cast<float>(1.0 / sum);
  for (std::size_t c = 0; c < z.size(); ++c) {
    p[c] *= scale;
    log_p[c] = z[c] - top - log_sum;
  }
}

// The different values of an 8-bit output: 256 at most. An open hash table, so that real values, which differ all, are
// told apart after a few hundred.
class DistinctValues {
 public:
  // False once there are more than an 8-bit output has.
  bool insert(float value) {
    if (values_.size() > kMost) return false;
    value += 0.0F;  // -0 is 0
    std::size_t slot = std::bit_cast<std::uint32_t>(value) * 2654435761U >> (32U - kBits);
    while (used_[slot] && table_[slot] != value) slot = (slot + 1) % table_.size();
    if (used_[slot]) return true;
    used_[slot] = true;
    table_[slot] = value;
    values_.push_back(value);
    return values_.size() <= kMost;
  }

  [[nodiscard]] const std::vector<float>& values() const { return values_; }

 private:
  static constexpr std::size_t kMost = 256;
  static constexpr unsigned kBits = 11;
  std::array<float, 1U << kBits> table_{};
  std::array<bool, 1U << kBits> used_{};
  std::vector<float> values_;
};

// Whether all values are whole multiples of the step, each level by one value.
bool are_levels(const std::vector<float>& sorted, float step) {
  float last = -std::numeric_limits<float>::infinity();
  for (const float value : sorted) {
    const float level = std::round(value / step);
    if (std::abs(value / step - level) >= 2e-3F || level == last) return false;
    last = level;
  }
  return true;
}

// The distance between neighbouring values of an 8-bit output: every value is a whole multiple of it, and all lie
// within 256 steps. 0 for real values, and where too few differ to tell: that some numbers happen to lie on one of 241
// grids is certain for one of them and out of the question for six.
float common_step(std::vector<float> values) {
  constexpr std::size_t kEnough = 8;
  if (values.size() < kEnough || values.size() > 256) return 0;
  std::ranges::sort(values);
  const float range = values.back() - values.front();
  const float farthest = std::max(std::abs(values.front()), std::abs(values.back()));
  for (float steps = 15; steps <= 256 && range <= 256.5F * farthest / steps; ++steps) {
    if (are_levels(values, farthest / steps)) return farthest / steps;
  }
  return 0;
}

// The step of an 8-bit softmax is about 1/255 or 1/256: its range ends at 1, or a little below where the calibration
// saw no surer answer.
bool is_step_of_probabilities(float step) { return step > 1 / 280.0F && step < 1 / 240.0F; }

}  // namespace

std::span<float> Answers::prepare(std::size_t rows, std::size_t classes) {
  rows_ = rows;
  classes_ = classes;
  left_out_ = 0;
  of_one_ = false;
  raw_.resize(rows * classes);
  return raw_;
}

void Answers::interpret(const OutputReading& reading) {
  if (reading.threshold && !of_one_) make_two_of_one(reading);
  leave_out(static_cast<std::size_t>(reading.skip_classes));
  p_.resize(rows_ * classes_);
  log_p_.resize(rows_ * classes_);
  label_.resize(rows_);
  tie_.resize(rows_);
  finite_.resize(rows_);
  const float least = reading.step > 0 ? reading.step / 2 : kLeastProbability;
  for (std::size_t r = 0; r < rows_; ++r) interpret_row(r, reading, least);
}

// Removes the leading classes, those that an earlier reading has removed already counted.
void Answers::leave_out(std::size_t leading) {
  if (leading >= classes_ + left_out_ || leading < left_out_) {
    throw Error(ErrorCode::kBadArgument,
                "the label offset is not less than the model's classes, or not that of before");
  }
  const std::size_t skip = leading - left_out_;
  if (skip == 0) return;
  const std::size_t kept = classes_ - skip;
  for (std::size_t r = 0; r < rows_; ++r) std::copy_n(&raw_[r * classes_ + skip], kept, &raw_[r * kept]);
  classes_ = kept;
  left_out_ = leading;
}

// The odds of yes are counted from those of the threshold: there the two classes tie.
void Answers::make_two_of_one(const OutputReading& reading) {
  if (classes_ != 1) throw Error(ErrorCode::kBadArgument, "a threshold is for models that give one score");
  const float t = *reading.threshold;
  const float least_logit = std::log(t / (1 - t));
  raw_.resize(2 * rows_);
  for (std::size_t r = rows_; r-- > 0;) {
    const float score = raw_[r];
    if (reading.kind == OutputKind::kLogits) {
      raw_[2 * r] = std::isfinite(score) ? 0 : score;
      raw_[2 * r + 1] = score - least_logit;
      continue;
    }
    const float yes = t == 0.5F ? score : score * (1 - t) / (score * (1 - t) + (1 - score) * t);
    raw_[2 * r] = 1 - yes;
    raw_[2 * r + 1] = yes;
  }
  classes_ = 2;
  of_one_ = true;
}

void Answers::interpret_row(std::size_t row, const OutputReading& reading, float least) {
  const std::span<const float> raw = row_of(raw_, row);
  const std::span<float> p(&p_[row * classes_], classes_);
  const std::span<float> log_p(&log_p_[row * classes_], classes_);
  const bool finite = all_finite(raw);
  finite_[row] = finite ? 1 : 0;
  if (!finite) {
    label_[row] = -1;
    tie_[row] = 0;
    std::fill(p.begin(), p.end(), 0.0F);
    std::fill(log_p.begin(), log_p.end(), 0.0F);
    return;
  }
  const auto top = std::max_element(raw.begin(), raw.end());
  label_[row] = static_cast<int>(top - raw.begin());
  tie_[row] = std::find(top + 1, raw.end(), *top) != raw.end() ? 1 : 0;
  if (reading.kind == OutputKind::kLogits) {
    softmax(raw, *top, p, log_p);
  } else {
    for (std::size_t c = 0; c < classes_; ++c) {
      p[c] = raw[c];
      log_p[c] = std::log(std::max(raw[c], least));
    }
  }
}

AnswerView Answers::operator[](std::size_t row) const {
  return {row_of(raw_, row), row_of(p_, row), row_of(log_p_, row), label_[row], tie_[row] != 0, finite_[row] != 0};
}

OutputReading detect_reading(const Answers& answers, float output_scale, std::optional<OutputKind> declared) {
  DistinctValues distinct;
  bool few = true;   // no more different values than 8 bits hold
  double worst = 0;  // distance of a row's sum from 1
  bool in_range = true;
  for (std::size_t r = 0; r < answers.rows(); ++r) {
    if (!all_finite(answers.raw(r))) continue;
    double sum = 0;
    for (const float v : answers.raw(r)) {
      in_range = in_range && v >= 0 && v <= 1.001F;
      sum += v;
      few = few && distinct.insert(v);
    }
    worst = std::max(worst, std::abs(sum - 1));
  }
  const float seen = few ? common_step(distinct.values()) : 0;
  const bool rounded = output_scale > 0 || is_step_of_probabilities(seen);
  const bool adds_up = answers.classes() == 1 || worst <= (rounded ? 0.25 : 0.02);
  const bool probabilities = in_range && adds_up;
  const OutputKind kind = declared.value_or(probabilities ? OutputKind::kProbabilities : OutputKind::kLogits);
  if (output_scale > 0) return {kind, output_scale, 0};
  return {kind, probabilities && !rounded ? 0 : seen, 0};
}

}  // namespace dflare
