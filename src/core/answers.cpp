// From raw outputs to probabilities, log-probabilities and labels.
#include "dflare/answers.h"

#include <algorithm>
#include <cmath>

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

// The distance between neighbouring values of an 8-bit output: every value is a whole multiple of it, and all lie
// within 256 steps. 0 for real values, and where too few differ to tell.
float common_step(std::vector<float> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const float range = values.back() - values.front();
  const float same = 1e-4F * range;
  values.erase(std::unique(values.begin(), values.end(), [same](float a, float b) { return b - a < same; }),
               values.end());
  if (values.size() < 3 || values.size() > 256) return 0;
  const float farthest = std::max(std::abs(values.front()), std::abs(values.back()));
  for (float steps = 15; steps <= 256 && range <= 256.5F * farthest / steps; ++steps) {
    const float step = farthest / steps;
    const auto is_multiple = [step](float v) { return std::abs(v / step - std::round(v / step)) < 2e-3F; };
    if (std::all_of(values.begin(), values.end(), is_multiple)) return step;
  }
  return 0;
}

}  // namespace

std::span<float> Answers::prepare(std::size_t rows, std::size_t classes) {
  rows_ = rows;
  classes_ = classes;
  raw_.resize(rows * classes);
  return raw_;
}

void Answers::interpret(const OutputReading& reading) {
  if (const auto skip = static_cast<std::size_t>(reading.skip_classes); skip > 0) {
    if (skip >= classes_) throw Error(ErrorCode::kBadArgument, "the label offset is not less than the model's classes");
    const std::size_t kept = classes_ - skip;
    for (std::size_t r = 0; r < rows_; ++r) std::copy_n(&raw_[r * classes_ + skip], kept, &raw_[r * kept]);
    classes_ = kept;
  }
  p_.resize(rows_ * classes_);
  log_p_.resize(rows_ * classes_);
  label_.resize(rows_);
  tie_.resize(rows_);
  finite_.resize(rows_);
  const float least = reading.step > 0 ? reading.step / 2 : kLeastProbability;
  for (std::size_t r = 0; r < rows_; ++r) interpret_row(r, reading, least);
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

OutputReading detect_reading(const Answers& answers) {
  std::vector<float> values;
  double worst = 0;  // distance of a row's sum from 1
  bool in_range = true;
  for (std::size_t r = 0; r < answers.rows(); ++r) {
    if (!all_finite(answers.raw(r))) continue;
    double sum = 0;
    for (const float v : answers.raw(r)) {
      in_range = in_range && v >= 0 && v <= 1.001F;
      sum += v;
      values.push_back(v);
    }
    worst = std::max(worst, std::abs(sum - 1));
  }
  const float step = common_step(std::move(values));
  const bool probabilities = in_range && worst <= (step > 0 ? 0.25 : 0.02);
  return {probabilities ? OutputKind::kProbabilities : OutputKind::kLogits, step, 0};
}

}  // namespace dflare
