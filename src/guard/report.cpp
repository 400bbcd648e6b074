// What there is to say of a guard that was learnt.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

#include "core/figures.h"
#include "dflare/error.h"
#include "dflare/guard_report.h"

namespace dflare {
namespace {

constexpr int kFewDeviations = 30;        // below, shares of them say little
constexpr double kCoarse = 0.01;          // share of the images that have one and the same score
constexpr std::size_t kLabelsNamed = 10;  // in a note

std::vector<int> labels_never_seen(const GuardSample& sample) {
  std::set<int> seen;
  for (std::size_t i = 0; i < sample.size(); ++i) seen.insert(sample.compressed[i].label);
  std::vector<int> missing;
  for (int label = 0; label < static_cast<int>(sample.compressed.classes()); ++label) {
    if (!seen.contains(label)) missing.push_back(label);
  }
  return missing;
}

std::string note_on_labels(std::span<const int> labels, std::size_t classes) {
  const std::span<const int> named = labels.first(std::min(labels.size(), kLabelsNamed));
  const std::string rest = labels.size() > named.size() ? fmt::format(" and {} more (labels_never_seen in guard.json)",
                                                                      labels.size() - named.size())
                                                        : "";
  return fmt::format(
      "{} of the {} labels the compressed model gave none of the images learnt from: what was learnt is not theirs: "
      "{}{}",
      labels.size(), classes, fmt::join(named, ", "), rest);
}

std::string note_on_promise(const GuardReport& report) {
  const bool missed = report.promise == Promise::kMissed;
  const std::string verdict = missed ? "the promise was missed" : "it is open whether the promise holds";
  const GuardFigures& f = report.figures;
  if (!report.goal.defer) {
    return fmt::format("{}: {} of the held-out deviations were caught, {} were promised", verdict,
                       estimate_text(f.caught.estimate(), kPercent), figure_text(report.goal.catch_share, kPercent));
  }
  return fmt::format("{}: {} of the held-out images are deferred, {} were promised at most", verdict,
                     figure_text(f.deferred, kPercent), figure_text(*report.goal.defer, kPercent));
}

std::vector<std::string> notes_on(const GuardReport& report) {
  std::vector<std::string> notes;
  const GuardFit& fit = report.fit;
  if (!report.complete) {
    notes.push_back(fmt::format("cut short: learnt from {} images and measured on {}, fewer than were asked for",
                                grouped(fit.images), grouped(report.figures.images)));
  }
  if (report.promise == Promise::kMissed ||
      (report.promise == Promise::kOpen && report.figures.deviations >= kFewDeviations)) {
    notes.push_back(note_on_promise(report));
  }
  if (report.figures.deviations < kFewDeviations) {
    notes.push_back(fmt::format("the models differ on {} held-out images only: what is caught of them says little",
                                report.figures.deviations));
  }
  if (fit.natural_deviations < kEnoughNatural && fit.threshold_from != "deferral") {
    notes.push_back(
        fmt::format("learnt from {} natural deviations: the catch rate leans on findings, which lie elsewhere",
                    fit.natural_deviations));
  }
  if (fit.coarseness > kCoarse) {
    notes.push_back(
        fmt::format("scores come in steps: {} of the images have the one at the threshold, so that no finer choice can "
                    "be made there",
                    figure_text(fit.coarseness, kPercent)));
  }
  if (!report.labels_never_seen.empty()) {
    notes.push_back(note_on_labels(report.labels_never_seen, fit.guard.classes));
  }
  return notes;
}

}  // namespace

Promise promise_of(const GuardGoal& goal, const GuardFigures& f) {
  if (!goal.defer) {
    if (f.caught.whole == 0) return Promise::kOpen;
    if (f.caught.value() >= goal.catch_share) return Promise::kKept;
    return f.caught.over_inputs.high < goal.catch_share ? Promise::kMissed : Promise::kOpen;
  }
  if (f.deferred <= *goal.defer) return Promise::kKept;
  const auto half_each = [](const ImageShare& clean, const ImageShare& corrupted, double Interval::*end) {
    if (clean.whole == 0) return corrupted.over_inputs.*end;
    return corrupted.whole == 0 ? clean.over_inputs.*end : (clean.over_inputs.*end + corrupted.over_inputs.*end) / 2;
  };
  const double least = half_each(f.deferred_clean, f.deferred_corrupted, &Interval::low);
  return least > *goal.defer ? Promise::kMissed : Promise::kOpen;
}

std::string to_string(Promise promise) {
  return promise == Promise::kKept ? "kept" : promise == Promise::kOpen ? "open" : "missed";
}

GuardCode guard_code(const Guard& guard, const OutputReading& reading, const ModelInfo& compressed) {
  const bool logits = reading.kind == OutputKind::kLogits;
  const int skip = reading.skip_classes;
  const double least = reading.step > 0 ? static_cast<double>(reading.step) / 2 : 1e-12;
  const std::string kept = skip > 0 ? fmt::format("z[{}:]", skip) : "z";
  const std::string values = logits ? kept : fmt::format("np.log(np.maximum({}, {:.9g}))", kept, least);
  const std::string of_c = logits ? "z[c]" : fmt::format("std::log(std::max(z[c], {:.9g}F))", least);
  const std::string of_a = logits ? "z[a]" : fmt::format("std::log(std::max(z[a], {:.9g}F))", least);
  const std::string t = fmt::format("{:.9g}", guard.threshold);
  const std::string first = fmt::format("const auto a = std::max_element(z.begin(){0}, z.end()) - z.begin();",
                                        skip > 0 ? fmt::format(" + {}", skip) : "");
  const std::string loop = fmt::format(
      "float s = 1e30F; for (std::ptrdiff_t c = {}; c < std::ssize(z); ++c) if (c != a) s = std::min(s, ", skip);
  const std::string place = skip > 0 ? fmt::format("[a - {0}][c - {0}]", skip) : "[a][c]";
  GuardCode code;
  if (guard.scale.empty()) {
    code.python = fmt::format("v = np.sort({}); defer = not v[-1] - v[-2] >= {}", values, t);
    code.cpp = fmt::format("{} {}{} - {}); const bool defer = !(s >= {}F);", first, loop, of_a, of_c, t);
  } else {
    code.python = fmt::format(
        "v = {}; a = v.argmax(); defer = not np.delete(np.array(g['scale'])[a] * (v[a] - v + "
        "np.array(g['shift'])[a]), a).min() >= g['threshold']",
        values);
    code.cpp = fmt::format("{} {}scale{} * ({} - {} + shift{})); const bool defer = !(s >= {}F);", first, loop, place,
                           of_a, of_c, place, t);
  }
  if (compressed.output_scale > 0) {
    const std::string scale = fmt::format("{:.9g}", static_cast<double>(compressed.output_scale));
    const int zero = compressed.output_zero_point;
    code.python_dequantise = fmt::format("z = np.float32({}) * (q.astype(np.int32) - ({}))", scale, zero);
    code.cpp_dequantise = fmt::format(
        "std::vector<float> z; for (const int v : q) z.push_back({}F * static_cast<float>(v - ({})));", scale, zero);
  }
  return code;
}

GuardReport learn_guard(const GuardSamples& samples, const GuardGoal& goal, const OutputReading& reading,
                        const ModelInfo& compressed) {
  GuardReport report;
  report.goal = goal;
  report.reading = reading;
  report.fit = fit_guard(samples.learn, samples.findings, goal);
  report.figures = measure_guard(report.fit.guard, samples.held_out);
  GuardGoal by_margin = goal;
  by_margin.score = "margin";
  report.margin_fit = fit_guard(samples.learn, samples.findings, by_margin);
  report.margin_figures = measure_guard(report.margin_fit.guard, samples.held_out);
  report.promise = promise_of(goal, report.figures);
  report.code = guard_code(report.fit.guard, reading, compressed);
  report.labels_never_seen = labels_never_seen(samples.learn);
  report.learn_inputs = samples.learn_inputs;
  report.held_out_inputs = samples.held_out_inputs;
  report.corrupted_per_input = samples.corrupted_per_input;
  report.held_out_from = samples.held_out_from;
  report.complete = samples.complete;
  report.notes = notes_on(report);
  return report;
}

std::optional<GuardReport> learn_from_part(const GuardSamples& samples, const GuardGoal& goal,
                                           const OutputReading& reading, const ModelInfo& compressed) {
  if (samples.complete) return learn_guard(samples, goal, reading, compressed);
  if (samples.learn.size() == 0 || samples.held_out.size() == 0) return std::nullopt;
  try {
    return learn_guard(samples, goal, reading, compressed);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kBadInput) return std::nullopt;
    throw;
  }
}

}  // namespace dflare
