// A sample under one score: what thresholds are chosen and measured by.
#include "guard/scored.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace dflare {
namespace {

double score_or_least(const Guard& guard, const AnswerView& answer) {
  const double score = guard_score(guard, answer);
  return std::isnan(score) ? -std::numeric_limits<double>::infinity() : score;
}

// Of every value: the share of `others` that is larger, equal ones counting half. `others` is sorted.
double share_above(const std::vector<double>& others, double value) {
  const auto [low, high] = std::equal_range(others.begin(), others.end(), value);
  const auto above = static_cast<double>(others.end() - high);
  const auto equal = static_cast<double>(high - low);
  return (above + equal / 2) / static_cast<double>(others.size());
}

// One image's scores under two guards.
struct Twice {
  double base = 0, better = 0;
  bool deviates = false;
  std::int32_t input = 0;
};

std::vector<double> side(const std::vector<Twice>& rows, bool deviates, double Twice::*score) {
  std::vector<double> values;
  for (const Twice& row : rows) {
    if (row.deviates == deviates) values.push_back(row.*score);
  }
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

std::vector<ScoredRow> scored_rows(const Guard& guard, const GuardSample& sample,
                                   const std::vector<std::uint8_t>& marks) {
  std::vector<ScoredRow> rows;
  double counts[2] = {0, 0};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!marks.empty() && marks[i] == 0) continue;
    const bool corrupted = sample.corrupted[i] != 0;
    ++counts[corrupted ? 1 : 0];
    rows.push_back({.score = score_or_least(guard, sample.compressed[i]),
                    .deviates = sample.deviates(i),
                    .corrupted = corrupted,
                    .input = sample.input[i].value});
  }
  const double half = counts[0] > 0 && counts[1] > 0 ? 0.5 : 1;
  for (ScoredRow& row : rows) row.weight = half / counts[row.corrupted ? 1 : 0];
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  return rows;
}

std::vector<double> deviation_scores(const std::vector<ScoredRow>& rows) {
  std::vector<double> scores;
  for (const ScoredRow& row : rows) {
    if (row.deviates) scores.push_back(row.score);
  }
  return scores;
}

double weight_up_to(const std::vector<ScoredRow>& rows, double score) {
  double weight = 0;
  for (const ScoredRow& row : rows) weight += row.score <= score ? row.weight : 0;
  return weight;
}

double deferral_at(const std::vector<ScoredRow>& rows, double share) {
  const std::vector<double> scores = deviation_scores(rows);
  if (scores.empty()) return 1;
  const auto wanted = static_cast<std::size_t>(std::ceil(share * static_cast<double>(scores.size())));
  return weight_up_to(rows, scores[std::clamp<std::size_t>(wanted, 1, scores.size()) - 1]);
}

// DeLong, DeLong and Clarke-Pearson (Biometrics 1988), with an input's images summed before the variance is taken
// (Obuchowski, Biometrics 1997): they are not independent.
AucGain auc_gain(const Guard& base, const Guard& better, const GuardSample& sample,
                 const std::vector<std::uint8_t>& marks) {
  std::vector<Twice> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!marks.empty() && marks[i] == 0) continue;
    rows.push_back({score_or_least(base, sample.compressed[i]), score_or_least(better, sample.compressed[i]),
                    sample.deviates(i), sample.input[i].value});
  }
  const auto deviations =
      static_cast<double>(std::count_if(rows.begin(), rows.end(), [](const Twice& row) { return row.deviates; }));
  const double others = static_cast<double>(rows.size()) - deviations;
  if (deviations == 0 || others == 0) return {};
  std::vector<double> base_of[2];
  std::vector<double> better_of[2];
  for (const bool deviates : {false, true}) {
    base_of[deviates ? 1 : 0] = side(rows, deviates, &Twice::base);
    better_of[deviates ? 1 : 0] = side(rows, deviates, &Twice::better);
  }
  // What each image adds to the two AUCs' difference, and the input that it belongs to.
  struct Part {
    double sum = 0, count = 0;
  };
  std::map<std::int32_t, Part> parts[2];
  double gain = 0;
  for (const Twice& row : rows) {
    const std::size_t other = row.deviates ? 0 : 1;
    double difference = share_above(better_of[other], row.better) - share_above(base_of[other], row.base);
    if (!row.deviates) difference = -difference;  // of an image that does not deviate: deviations above it are wrong
    if (row.deviates) gain += difference / deviations;
    Part& part = parts[row.deviates ? 1 : 0][row.input];
    part.sum += difference;
    ++part.count;
  }
  std::map<std::int32_t, double> influence;  // of an input on the gain
  for (const auto& [input, part] : parts[1]) influence[input] += (part.sum - gain * part.count) / deviations;
  for (const auto& [input, part] : parts[0]) influence[input] += (part.sum - gain * part.count) / others;
  double variance = 0;
  for (const auto& [input, value] : influence) variance += value * value;
  return {gain, std::sqrt(variance)};
}

}  // namespace dflare
