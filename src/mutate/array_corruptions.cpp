// The natural corruptions of arrays: what sensors, amplifiers, clocks and lines do to what they measure.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/array_values.h"
#include "dflare/rng.h"
#include "mutate/corruption_list.h"

namespace dflare {
namespace {

using Bytes = std::span<std::uint8_t>;

// Where a number rests when nothing is measured: 0, or the middle of a range without it.
double rest(const ArrayForm& form, std::size_t i) {
  return form.low[i] <= 0 && form.high[i] >= 0 ? 0.0 : (static_cast<double>(form.low[i]) + form.high[i]) / 2;
}

// ---- of every number

double noise_sigma(double t) { return 0.25 * t; }

void noise(InputView in, double t, std::uint64_t key, Bytes out) {
  Rng rng(key, 0);
  const ArrayForm& form = *in.shape.form;
  fill_array(in, out, [&](std::size_t i, double value, double) {
    return value + noise_sigma(t) * form.range(i) * static_cast<double>(rng.normal());
  });
}

void scale(InputView in, double factor, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  fill_array(in, out,
             [&](std::size_t i, double value, double) { return rest(form, i) + factor * (value - rest(form, i)); });
}

double amplified(double t) { return 1 + 2 * t; }
double faded(double t) { return 1 - t; }
void amplify(InputView in, double t, std::uint64_t /*key*/, Bytes out) { scale(in, amplified(t), out); }
void fade(InputView in, double t, std::uint64_t /*key*/, Bytes out) { scale(in, faded(t), out); }

double offset_of(double t) { return 0.5 * t; }

// Each column of a series drifts its own way; the numbers of a vector drift together.
void offset(InputView in, double t, std::uint64_t key, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  const std::size_t columns = form.series ? in.shape.size() / static_cast<std::size_t>(in.shape.height) : 1;
  Rng rng(key, 0);
  std::vector<double> sign(columns);
  for (double& s : sign) s = (rng.next() >> 63U) != 0 ? 1 : -1;
  fill_array(in, out, [&](std::size_t i, double value, double) {
    return value + sign[i % columns] * offset_of(t) * form.range(i);
  });
}

double kept_range(double t) { return 1 - t; }

void clip(InputView in, double t, std::uint64_t /*key*/, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  fill_array(in, out, [&](std::size_t i, double value, double) {
    const double middle = (static_cast<double>(form.low[i]) + form.high[i]) / 2;
    const double reach = kept_range(t) * form.range(i) / 2;
    return std::clamp(value, middle - reach, middle + reach);
  });
}

double step_of(double t) { return 0.5 * t; }

void coarse(InputView in, double t, std::uint64_t /*key*/, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  fill_array(in, out, [&](std::size_t i, double value, double) {
    const double step = step_of(t) * form.range(i);
    return form.low[i] + std::round((value - form.low[i]) / step) * step;
  });
}

void missing(InputView in, double t, std::uint64_t key, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  Rng rng(key, 0);
  fill_array(in, out, [&](std::size_t i, double value, double) { return rng.uniform() < t ? rest(form, i) : value; });
}

// ---- of the order in time

// Writes row y as the input's row at(y), between two rows where that is no whole number; beyond the ends those hold.
template <class At>
void rows_from(InputView in, Bytes out, At&& at) {
  const auto height = static_cast<std::size_t>(in.shape.height);
  const std::size_t columns = in.shape.size() / height;
  const std::span<const float> numbers = in.numbers();
  fill_array(in, out, [&](std::size_t i, double, double) {
    const std::size_t row = i / columns;
    const double y = std::clamp(at(static_cast<double>(row)), 0.0, static_cast<double>(height - 1));
    const auto above = static_cast<std::size_t>(y);
    const std::size_t below = std::min(above + 1, height - 1);
    const double share = y - static_cast<double>(above);
    return (1 - share) * numbers[above * columns + i % columns] + share * numbers[below * columns + i % columns];
  });
}

double smooth_sigma(double t, const Shape& shape) { return 0.1 * t * shape.height; }

void smooth(InputView in, double t, std::uint64_t /*key*/, Bytes out) {
  const double sigma = smooth_sigma(t, in.shape);
  const int reach = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
  std::vector<double> weight(static_cast<std::size_t>(reach) + 1);
  for (std::size_t k = 0; k < weight.size(); ++k) {
    const double far = static_cast<double>(k) / sigma;
    weight[k] = std::exp(-far * far / 2);
  }
  const int height = in.shape.height;
  const auto columns = static_cast<int>(in.shape.size()) / height;
  const std::span<const float> numbers = in.numbers();
  fill_array(in, out, [&](std::size_t i, double, double) {
    const int row = static_cast<int>(i) / columns, column = static_cast<int>(i) % columns;
    double sum = 0, weights = 0;
    for (int k = -reach; k <= reach; ++k) {
      const int y = std::clamp(row + k, 0, height - 1);
      const double w = weight[static_cast<std::size_t>(std::abs(k))];
      sum += w * static_cast<double>(numbers[static_cast<std::size_t>(y * columns + column)]);
      weights += w;
    }
    return sum / weights;
  });
}

double rows_shifted(double t, const Shape& shape) { return 0.5 * t * shape.height; }

void shift(InputView in, double t, std::uint64_t key, Bytes out) {
  const double rows = (key >> 63U) != 0 ? rows_shifted(t, in.shape) : -rows_shifted(t, in.shape);
  rows_from(in, out, [rows](double y) { return y + rows; });
}

double speed(double t) { return 1 + t; }

void at_speed(InputView in, double factor, Bytes out) {
  const double middle = (in.shape.height - 1) / 2.0;
  rows_from(in, out, [=](double y) { return middle + factor * (y - middle); });
}

void faster(InputView in, double t, std::uint64_t /*key*/, Bytes out) { at_speed(in, speed(t), out); }
void slower(InputView in, double t, std::uint64_t /*key*/, Bytes out) { at_speed(in, 1 / speed(t), out); }

int rows_lost(double t, const Shape& shape) { return static_cast<int>(std::lround(t * shape.height)); }

void gap(InputView in, double t, std::uint64_t key, Bytes out) {
  const ArrayForm& form = *in.shape.form;
  const std::size_t columns = in.shape.size() / static_cast<std::size_t>(in.shape.height);
  const int lost = rows_lost(t, in.shape);
  const double place = Rng(key, 0).uniform();
  const auto first = static_cast<std::size_t>(std::lround(place * (in.shape.height - lost)));
  fill_array(in, out, [&](std::size_t i, double value, double) {
    const std::size_t row = i / columns;
    return row >= first && row < first + static_cast<std::size_t>(lost) ? rest(form, i) : value;
  });
}

void add_those_of_series(CorruptionList& all) {
  const auto add = [&all](std::string_view name, CorruptionKind::Apply apply, CorruptionKind::Describe describe) {
    all.push_back(std::make_unique<CorruptionKind>(name, apply, describe));
  };
  add("smooth", smooth, [](double t, const Shape& s) {
    return fmt::format("smoothed over time, sigma {:.2f} rows", smooth_sigma(t, s));
  });
  add("shift", shift,
      [](double t, const Shape& s) { return fmt::format("shifted in time by {:.1f} rows", rows_shifted(t, s)); });
  add("faster", faster, [](double t, const Shape&) { return fmt::format("{:.2f} times as fast", speed(t)); });
  add("slower", slower, [](double t, const Shape&) { return fmt::format("{:.2f} times as slow", speed(t)); });
  add("gap", gap, [](double t, const Shape& s) { return fmt::format("{} rows lost", rows_lost(t, s)); });
}

CorruptionList make(bool series) {
  CorruptionList all;
  const auto add = [&all](std::string_view name, CorruptionKind::Apply apply, CorruptionKind::Describe describe) {
    all.push_back(std::make_unique<CorruptionKind>(name, apply, describe));
  };
  add("noise", noise, [](double t, const Shape&) {
    return fmt::format("Gaussian noise, sigma {:.1f} % of each range", 100 * noise_sigma(t));
  });
  add("amplify", amplify, [](double t, const Shape&) { return fmt::format("amplified {:.2f} times", amplified(t)); });
  add("fade", fade, [](double t, const Shape&) { return fmt::format("faded to {:.0f} %", 100 * faded(t)); });
  add("offset", offset,
      [](double t, const Shape&) { return fmt::format("offset by {:.1f} % of each range", 100 * offset_of(t)); });
  add("clip", clip,
      [](double t, const Shape&) { return fmt::format("clipped to {:.0f} % of each range", 100 * kept_range(t)); });
  add("coarse", coarse,
      [](double t, const Shape&) { return fmt::format("in steps of {:.1f} % of each range", 100 * step_of(t)); });
  add("missing", missing, [](double t, const Shape&) { return fmt::format("{:.1f} % missing", 100 * t); });
  if (series) add_those_of_series(all);
  return all;
}

}  // namespace

const CorruptionList& array_corruptions(bool series) {
  static const CorruptionList of_vectors = make(false), of_series = make(true);
  return series ? of_series : of_vectors;
}

}  // namespace dflare
