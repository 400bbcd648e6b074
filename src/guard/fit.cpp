// Learning a guard: its score, then its threshold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/guard.h"
#include "dflare/repair_head.h"
#include "guard/pair_margin.h"
#include "guard/scored.h"

namespace dflare {
namespace {

constexpr double kBeyondDoubt = 3;  // standard errors

// Marks every other input that occurs: rows of the even ones, or of the odd ones.
std::vector<std::uint8_t> every_other(const GuardSample& sample, bool odd) {
  const std::set<SeedIndex> inputs(sample.input.begin(), sample.input.end());
  std::set<SeedIndex> chosen;
  bool take = !odd;
  for (const SeedIndex input : inputs) {
    if (take) chosen.insert(input);
    take = !take;
  }
  std::vector<std::uint8_t> marks;
  for (const SeedIndex input : sample.input) marks.push_back(chosen.contains(input) ? 1 : 0);
  return marks;
}

// What speaks for the pair-margin, on inputs that it was not learnt from.
struct Trial {
  double gain = 0, sigmas = 0;
  double deferral_of_margin = 0, deferral_of_pairs = 0;
  [[nodiscard]] bool won() const { return sigmas >= kBeyondDoubt && deferral_of_pairs <= deferral_of_margin; }
};

Trial try_pairs(const GuardSample& sample, double share) {
  Trial trial;
  double variance = 0;
  for (const bool odd : {false, true}) {
    const auto unseen = every_other(sample, !odd);
    const Guard margin;
    const Guard pairs = learn_pair_margin(sample, every_other(sample, odd));
    const AucGain gain = auc_gain(margin, pairs, sample, unseen);
    trial.gain += gain.gain / 2;
    variance += gain.error * gain.error / 4;
    trial.deferral_of_margin += deferral_at(scored_rows(margin, sample, unseen), share) / 2;
    trial.deferral_of_pairs += deferral_at(scored_rows(pairs, sample, unseen), share) / 2;
  }
  trial.sigmas = variance > 0 ? trial.gain / std::sqrt(variance) : 0;
  return trial;
}

// The score up to which is to be deferred so that a new one is with probability `share` (split conformal: Vovk et al.
// 2005). `independent`: how many of the scores are; images of one input are not, and there the pooled quantile at a
// level corrected for the inputs holds (Dunn, Wasserman and Ramdas, JASA 2022). The largest where there are too few to
// promise that much. Sorted and not empty.
double conformal_quantile(const std::vector<double>& scores, std::size_t independent, double share) {
  const double level = share * (1 + 1 / static_cast<double>(independent));
  const auto wanted = static_cast<std::size_t>(std::ceil(level * static_cast<double>(scores.size()) - 1e-9));
  return scores[std::clamp<std::size_t>(wanted, 1, scores.size()) - 1];
}

std::size_t inputs_that_deviate(const std::vector<ScoredRow>& rows) {
  std::set<std::int32_t> inputs;
  for (const ScoredRow& row : rows) {
    if (row.deviates) inputs.insert(row.input);
  }
  return inputs.size();
}

// Scores of the findings, rising.
std::vector<double> finding_scores(const Guard& guard, const Answers& findings) {
  std::vector<double> scores;
  for (std::size_t i = 0; i < findings.rows(); ++i) {
    if (findings[i].finite) scores.push_back(guard_score(guard, findings[i]));
  }
  std::sort(scores.begin(), scores.end());
  return scores;
}

// The largest score to be deferred.
double last_to_defer(const std::vector<ScoredRow>& rows, const std::vector<double>& findings, double share,
                     std::string& source) {
  const std::vector<double> natural = deviation_scores(rows);
  if (natural.size() >= kEnoughNatural || findings.empty()) {
    source = "natural deviations";
    return conformal_quantile(natural, inputs_that_deviate(rows), share);
  }
  const double of_findings = conformal_quantile(findings, findings.size(), share);
  source = natural.empty() ? "findings" : "natural deviations and findings";
  return natural.empty() ? of_findings
                         : std::max(of_findings, conformal_quantile(natural, inputs_that_deviate(rows), share));
}

// The largest score that may be deferred within a share of the images; below all of them where none may.
double last_within(const std::vector<ScoredRow>& rows, double share) {
  double weight = 0;
  double last = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < rows.size();) {
    const double score = rows[i].score;
    while (i < rows.size() && rows[i].score == score) weight += rows[i++].weight;
    if (weight > share + 1e-12) break;
    last = score;
  }
  return last;
}

// Half-way from the last score to be deferred to the next that occurs: another runtime's rounding changes nothing then.
// As a float, as the exported file compares.
double half_way_up(const std::vector<ScoredRow>& rows, double last) {
  const auto next = std::find_if(rows.begin(), rows.end(), [last](const ScoredRow& row) { return row.score > last; });
  const auto step_from = [](double score) { return std::max(1e-3, 1e-3 * std::abs(score)); };
  if (next == rows.end()) return static_cast<double>(static_cast<float>(last + step_from(last)));
  if (std::isinf(last)) return static_cast<double>(static_cast<float>(next->score - step_from(next->score)));
  const auto middle = static_cast<double>(static_cast<float>((last + next->score) / 2));
  return middle > last ? middle : next->score;
}

}  // namespace

void check_guard_goal(const GuardGoal& goal) {
  const std::vector<std::string> scores = {"auto", "margin", "pair-margin"};
  if (!(goal.catch_share > 0) || goal.catch_share > 1) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--catch is {}, expected a share above 0 and at most 1", goal.catch_share),
                "use --catch 0.9");
  }
  if (goal.defer && (!(*goal.defer > 0) || *goal.defer >= 1)) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--defer is {}, expected a share between 0 and 1", *goal.defer),
                "use --defer 0.05");
  }
  if (std::find(scores.begin(), scores.end(), goal.score) == scores.end()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("unknown --score '{}'", goal.score),
                known_names_hint(goal.score, scores));
  }
}

GuardFit fit_guard(const GuardSample& natural, const Answers& findings, const GuardGoal& goal) {
  check_guard_goal(goal);
  GuardFit fit;
  fit.images = static_cast<std::int64_t>(natural.size());
  for (std::size_t i = 0; i < natural.size(); ++i) fit.natural_deviations += natural.deviates(i) ? 1 : 0;
  fit.findings = static_cast<std::int64_t>(findings.rows());
  if (fit.natural_deviations + fit.findings < kLeastDeviations) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} natural deviations and {} findings to learn from, a guard needs {}",
                            fit.natural_deviations, fit.findings, kLeastDeviations),
                "search more seeds, or with more --max-queries");
  }
  const std::size_t classes = natural.compressed.classes();
  const bool can_pair = natural.size() > 0 && classes <= kMostPairClasses;
  if (can_pair && goal.score != "margin") {
    const Trial trial = try_pairs(natural, goal.catch_share);
    fit.pair_gain = trial.gain;
    fit.pair_gain_sigmas = trial.sigmas;
    if (trial.won() || goal.score == "pair-margin") fit.guard = learn_pair_margin(natural, {});
  } else if (goal.score == "pair-margin") {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a pair-margin of {} classes cannot be learnt, at most {}", classes, kMostPairClasses),
                "use --score margin");
  }
  fit.guard.classes = classes;

  const std::vector<ScoredRow> rows = scored_rows(fit.guard, natural);
  const double last =
      goal.defer ? last_within(rows, *goal.defer)
                 : last_to_defer(rows, finding_scores(fit.guard, findings), goal.catch_share, fit.threshold_from);
  if (goal.defer) fit.threshold_from = "deferral";
  fit.guard.threshold = half_way_up(rows, last);
  const std::vector<double> scores = deviation_scores(rows);
  const auto caught = std::count_if(scores.begin(), scores.end(), [&](double s) { return s < fit.guard.threshold; });
  fit.promised_catch = !goal.defer      ? goal.catch_share
                       : scores.empty() ? 0
                                        : static_cast<double>(caught) / static_cast<double>(scores.size());
  fit.promised_defer = goal.defer ? *goal.defer : weight_up_to(rows, last);
  for (const ScoredRow& row : rows) fit.coarseness += row.score == last ? row.weight : 0;
  return fit;
}

}  // namespace dflare
