// A guard measured on images that it was not learnt from.
#include <algorithm>
#include <cmath>
#include <map>

#include "dflare/guard.h"
#include "dflare/rng.h"
#include "guard/scored.h"

namespace dflare {
namespace {

constexpr std::uint64_t kBootstrapSeed = 0x67756172;
constexpr int kResamples = 1000;
constexpr int kCurvePoints = 100;

// An input's part of a share.
struct Part {
  double part = 0, whole = 0;
};

// Percentile bootstrap of a ratio of sums, inputs drawn anew with all their images. Of none or all, which no draw could
// change: Wilson's, over the inputs.
Interval bootstrap_ratio(const std::vector<Part>& inputs) {
  Part total;
  for (const Part& one : inputs) {
    total.part += one.part;
    total.whole += one.whole;
  }
  const auto count = static_cast<std::int64_t>(inputs.size());
  if (total.part == 0 || total.part == total.whole) return Share{total.part == 0 ? 0 : count, count}.interval();
  Rng rng(kBootstrapSeed, inputs.size());
  const auto n = static_cast<std::uint32_t>(inputs.size());
  std::vector<double> ratios;
  for (int r = 0; r < kResamples; ++r) {
    Part sum;
    for (std::uint32_t i = 0; i < n; ++i) {
      const Part& one = inputs[rng.below(n)];
      sum.part += one.part;
      sum.whole += one.whole;
    }
    if (sum.whole > 0) ratios.push_back(sum.part / sum.whole);
  }
  return ratios.empty() ? Interval{0, 1} : Interval{quantile(ratios, 0.025), quantile(ratios, 0.975)};
}

// The share, among the rows that count, of those that have the property.
template <class Counts, class Has>
ImageShare share_of(const std::vector<ScoredRow>& rows, const Counts& counts, const Has& has) {
  ImageShare share;
  std::map<std::int32_t, Part> inputs;
  for (const ScoredRow& row : rows) {
    if (!counts(row)) continue;
    ++share.whole;
    share.part += has(row) ? 1 : 0;
    Part& part = inputs[row.input];
    part.whole += 1;
    part.part += has(row) ? 1 : 0;
  }
  std::vector<Part> parts;
  for (const auto& [input, part] : inputs) parts.push_back(part);
  share.over_inputs = bootstrap_ratio(parts);
  return share;
}

std::vector<TradePoint> curve_of(const std::vector<ScoredRow>& rows) {
  std::vector<TradePoint> all;
  const auto deviations = static_cast<double>(deviation_scores(rows).size());
  double weight = 0;
  double caught = 0;
  for (std::size_t i = 0; i < rows.size();) {
    const double score = rows[i].score;
    const double before = caught;
    for (; i < rows.size() && rows[i].score == score; ++i) {
      weight += rows[i].weight;
      caught += rows[i].deviates ? 1 : 0;
    }
    const double next = i < rows.size() ? (score + rows[i].score) / 2 : score + 1e-3;
    if (caught > before) all.push_back({next, weight, caught / deviations});
  }
  if (all.size() <= kCurvePoints) return all;
  std::vector<TradePoint> some;
  for (int k = 0; k <= kCurvePoints; ++k) {
    some.push_back(all[static_cast<std::size_t>(k) * (all.size() - 1) / kCurvePoints]);
  }
  return some;
}

double auc_of(const std::vector<ScoredRow>& rows) {
  std::vector<double> sides[2];
  for (const ScoredRow& row : rows) sides[row.deviates ? 1 : 0].push_back(-row.score);
  return auc(sides[1], sides[0]);
}

double half_each(const Share& clean, const Share& corrupted) {
  if (clean.whole == 0) return corrupted.value();
  return corrupted.whole == 0 ? clean.value() : (clean.value() + corrupted.value()) / 2;
}

}  // namespace

GuardFigures measure_guard(const Guard& guard, const GuardSample& held_out) {
  const std::vector<ScoredRow> rows = scored_rows(guard, held_out);
  const auto is_clean = [](const ScoredRow& row) { return !row.corrupted; };
  const auto is_corrupted = [](const ScoredRow& row) { return row.corrupted; };
  const auto deviates = [](const ScoredRow& row) { return row.deviates; };
  const auto deferred = [&guard](const ScoredRow& row) { return !(row.score >= guard.threshold); };
  const auto left = [&](const ScoredRow& row) { return row.deviates && !deferred(row); };

  GuardFigures figures;
  figures.images = static_cast<std::int64_t>(rows.size());
  figures.auc = auc_of(rows);
  figures.caught = share_of(rows, deviates, deferred);
  figures.deviations = figures.caught.whole;
  figures.deferred_clean = share_of(rows, is_clean, deferred);
  figures.deferred_corrupted = share_of(rows, is_corrupted, deferred);
  figures.deferred = half_each(figures.deferred_clean, figures.deferred_corrupted);
  figures.differ_clean = share_of(rows, is_clean, deviates);
  figures.differ_corrupted = share_of(rows, is_corrupted, deviates);
  figures.deviations_clean = figures.differ_clean.part;
  figures.left_clean = share_of(rows, is_clean, left);
  figures.left_corrupted = share_of(rows, is_corrupted, left);
  figures.deferred_at_90 = deferral_at(rows, 0.9);
  figures.curve = curve_of(rows);
  return figures;
}

}  // namespace dflare
