// What changed between two runs or profiles, input by input.
#include "dflare/compare.h"

#include <algorithm>
#include <functional>

#include "dflare/exact_intervals.h"

namespace dflare {
namespace {

void set_direction(PairedFigure& figure) {
  const Interval& interval = figure.change.interval;
  if (interval.low <= 0 && interval.high >= 0) return;
  figure.direction = (interval.low > 0) == figure.more_is_better ? Direction::kBetter : Direction::kWorse;
}

struct BeforeAfter {
  double before, after;
};
using Figure = std::function<std::optional<BeforeAfter>(const ComparedInput&)>;

std::vector<BeforeAfter> values_of(const std::vector<ComparedInput>& inputs, const Figure& figure) {
  std::vector<BeforeAfter> values;
  for (const ComparedInput& input : inputs) {
    if (const auto value = figure(input)) values.push_back(*value);
  }
  return values;
}

// A figure of which the values are known, but for the interval of its change.
PairedFigure began(const char* name, const std::vector<BeforeAfter>& values) {
  PairedFigure figure{.name = name};
  for (const BeforeAfter& value : values) {
    figure.before += value.before;
    figure.after += value.after;
  }
  const auto n = static_cast<double>(values.size());
  figure.before /= n;
  figure.after /= n;
  figure.change = {figure.after - figure.before, {}, std::ssize(values)};
  return figure;
}

// Of inputs of which something holds or does not.
void add_share(const char* name, const std::vector<BeforeAfter>& values, Comparison& out) {
  if (values.empty()) return;
  PairedFigure figure = began(name, values);
  figure.is_share = true;
  const auto plus = std::ranges::count_if(values, [](const BeforeAfter& v) { return v.after > v.before; });
  const auto minus = std::ranges::count_if(values, [](const BeforeAfter& v) { return v.after < v.before; });
  figure.change.interval =
      exact_change(static_cast<double>(plus), static_cast<double>(minus), static_cast<double>(values.size()));
  set_direction(figure);
  out.figures.push_back(std::move(figure));
}

// Of shares of each input's images.
void add_mean_share(const char* name, const std::vector<BeforeAfter>& values, std::uint64_t rng_seed, Comparison& out) {
  if (values.empty()) return;
  PairedFigure figure = began(name, values);
  figure.is_share = true;
  std::vector<double> scaled;  // to 0..1
  for (const BeforeAfter& v : values) scaled.push_back((v.after - v.before + 1) / 2);
  const Interval interval = bounded_mean(scaled, rng_seed);
  figure.change.interval = {2 * interval.low - 1, 2 * interval.high - 1};
  set_direction(figure);
  out.figures.push_back(std::move(figure));
}

void add_mean(const char* name, bool more_is_better, const std::vector<BeforeAfter>& values, std::uint64_t rng_seed,
              Comparison& out) {
  if (values.empty()) return;
  PairedFigure figure = began(name, values);
  figure.more_is_better = more_is_better;
  std::vector<double> changes;
  for (const BeforeAfter& v : values) changes.push_back(v.after - v.before);
  figure.change.interval = unbounded_mean(changes, rng_seed);
  if (std::ssize(changes) >= kFewestUnbounded) set_direction(figure);
  out.figures.push_back(std::move(figure));
}

template <class Value>
Figure both(std::optional<Value> ComparedInput::*before, std::optional<Value> ComparedInput::*after) {
  return [=](const ComparedInput& input) -> std::optional<BeforeAfter> {
    if (!(input.*before) || !(input.*after)) return std::nullopt;
    return BeforeAfter{static_cast<double>(*(input.*before)), static_cast<double>(*(input.*after))};
  };
}

}  // namespace

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::kBetter:
      return "better";
    case Direction::kWorse:
      return "worse";
    case Direction::kCannotTell:
      return "cannot be told apart";
  }
  return "cannot be told apart";
}

Comparison compare_inputs(const std::vector<ComparedInput>& inputs, bool of_runs, std::uint64_t rng_seed) {
  Comparison out;
  out.inputs = std::ssize(inputs);
  for (const ComparedInput& input : inputs) {
    if (input.before && !input.after) out.fixed.push_back(input.source);
    if (!input.before && input.after) out.created.push_back(input.source);
    out.still += input.before && input.after ? 1 : 0;
    out.neither += !input.before && !input.after ? 1 : 0;
  }
  const auto values = [&](const Figure& figure) { return values_of(inputs, figure); };
  add_share(of_runs ? "inputs with a finding" : "differ as they are", values([](const ComparedInput& input) {
              return std::optional(BeforeAfter{input.before ? 1.0 : 0.0, input.after ? 1.0 : 0.0});
            }),
            out);
  add_share("regressions", values(both(&ComparedInput::regression_before, &ComparedInput::regression_after)), out);
  add_mean_share("differ under corruption",
                 values(both(&ComparedInput::corrupted_before, &ComparedInput::corrupted_after)), rng_seed, out);
  add_mean("queries an input", true, values(both(&ComparedInput::queries_before, &ComparedInput::queries_after)),
           rng_seed, out);
  add_mean("severity", false, values(both(&ComparedInput::severity_before, &ComparedInput::severity_after)), rng_seed,
           out);
  return out;
}

}  // namespace dflare
