// What a sample says of each limit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "dflare/error.h"
#include "dflare/exact_intervals.h"
#include "dflare/gate.h"
#include "gate/further.h"

namespace dflare {
namespace {

const char* const kNoTime = "there was no time to measure it";

// Of a sample that may have been measured, its estimate complete.
void settle(LimitResult& result) {
  if (!result.measured) {
    result.why = kNoTime;
    return;
  }
  result.verdict = verdict_on(result.measured->interval, result.limit, result.at_least);
}

struct Counts {
  std::int64_t asked = 0, differ = 0, labelled = 0, regressions = 0, gains = 0, not_finite = 0;
};

Counts count(const FieldAnswers& field) {
  Counts counts;
  for (const CalledImage& called : field.images) {
    counts.not_finite += called.original < 0 || called.compressed < 0 ? 1 : 0;
    if (called.image.corruption >= 0) continue;
    ++counts.asked;
    counts.differ += called.differs() ? 1 : 0;
    counts.labelled += called.truth >= 0 ? 1 : 0;
    counts.regressions += called.regression() ? 1 : 0;
    counts.gains += called.gain() ? 1 : 0;
  }
  return counts;
}

LimitResult judge_share(const char* name, double limit, std::int64_t part, std::int64_t whole) {
  LimitResult result{.name = name, .limit = limit};
  const Share share{part, whole};
  if (whole > 0) {
    result.measured =
        Estimate{share.value(), exact_share(static_cast<double>(part), static_cast<double>(whole)), whole};
  }
  settle(result);
  if (result.measured && result.verdict == GateVerdict::kInconclusive) {
    result.further = further_units(whole, limit, false, [&](double n) { return exact_share(share.value() * n, n); });
  }
  return result;
}

LimitResult judge_drop(double limit, const Counts& counts) {
  LimitResult result{.name = "max-accuracy-drop", .limit = limit};
  const auto plus = static_cast<double>(counts.regressions);
  const auto minus = static_cast<double>(counts.gains);
  const auto whole = static_cast<double>(counts.labelled);
  if (counts.labelled > 0) {
    result.measured = Estimate{(plus - minus) / whole, exact_change(plus, minus, whole), counts.labelled};
  }
  settle(result);
  if (result.measured && result.verdict == GateVerdict::kInconclusive) {
    result.further = further_units(counts.labelled, limit, false,
                                   [&](double n) { return exact_change(plus * n / whole, minus * n / whole, n); });
  }
  return result;
}

// The share of each input's corrupted images, as rank draws them.
std::vector<double> corrupted_shares(const FieldAnswers& field) {
  std::vector<double> shares;
  std::size_t i = 0;
  const auto& images = field.images;
  while (i < images.size()) {
    const SeedIndex input = images[i].image.seed;
    Share share;
    for (; i < images.size() && images[i].image.seed == input; ++i) {
      if (images[i].image.corruption < 0 || !images[i].as_drawn) continue;
      ++share.whole;
      share.part += images[i].differs() ? 1 : 0;
    }
    if (share.whole > 0) shares.push_back(share.value());
  }
  return shares;
}

LimitResult judge_corrupted(double limit, const FieldAnswers& field, std::uint64_t rng_seed) {
  LimitResult result{.name = "max-corrupted-disagreement", .limit = limit};
  const std::vector<double> shares = corrupted_shares(field);
  if (!shares.empty()) result.measured = Estimate{mean(shares), bounded_mean(shares, rng_seed), std::ssize(shares)};
  settle(result);
  if (result.measured && result.verdict == GateVerdict::kInconclusive) {
    result.further = further_by_root(*result.measured, limit, false);
  }
  return result;
}

void refuse_unless_labelled(const GateLimits& limits, const Counts& counts) {
  if (!limits.of_labels() || counts.asked == 0 || counts.labelled > 0) return;
  throw Error(ErrorCode::kBadInput,
              "no input has a true label, and --max-regressions and --max-accuracy-drop need them",
              "give --labels FILE, or name the folders of the images by their classes");
}

LimitResult judge_severity(double limit, std::span<const SeedOutcome> outcomes, std::uint64_t rng_seed) {
  LimitResult result{.name = "max-severity", .limit = limit, .unit = LimitUnit::kSeverity};
  std::vector<double> values;
  for (const SeedOutcome& outcome : outcomes) values.push_back(outcome.severity);
  const std::int64_t n = std::ssize(values);
  if (n > 0) result.measured = Estimate{mean(values), unbounded_mean(values, rng_seed), n};
  settle(result);
  if (result.measured && n < kFewestUnbounded) {
    result.verdict = GateVerdict::kInconclusive;
    result.further = kFewestUnbounded - n;
    result.why = "a mean of so few says too little";
  } else if (result.measured && result.verdict == GateVerdict::kInconclusive) {
    result.further = further_by_root(*result.measured, limit, false);
  }
  return result;
}

LimitResult judge_queries(double limit, std::span<const SeedOutcome> outcomes, std::int64_t max_queries,
                          std::uint64_t rng_seed) {
  LimitResult result{.name = "min-queries", .limit = limit, .at_least = true, .unit = LimitUnit::kQueries};
  // A search spends one query at least, its seed's.
  const double room = std::max(1.0, static_cast<double>(max_queries - 1));
  std::vector<double> values;
  for (const SeedOutcome& outcome : outcomes) values.push_back(std::clamp((outcome.queries - 1) / room, 0.0, 1.0));
  if (!values.empty()) {
    const Interval interval = bounded_mean(values, rng_seed);
    result.measured =
        Estimate{1 + room * mean(values), {1 + room * interval.low, 1 + room * interval.high}, std::ssize(values)};
  }
  settle(result);
  if (result.measured && result.verdict == GateVerdict::kInconclusive) {
    result.further = further_by_root(*result.measured, limit, true);
  }
  return result;
}

}  // namespace

std::string_view to_string(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::kPass:
      return "pass";
    case GateVerdict::kFail:
      return "fail";
    case GateVerdict::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

bool GateLimits::any() const {
  return max_disagreement || max_corrupted_disagreement || of_labels() || of_searches() || max_still_deviating;
}

void check_limits(const GateLimits& limits) {
  if (!limits.any()) {
    throw Error(ErrorCode::kBadArgument, "nothing is asked: no limit is given",
                "for example --max-disagreement 0.01; dflare check -h lists the limits");
  }
  const auto refuse = [](const char* name, const std::optional<double>& limit, double most) {
    if (!limit || (*limit >= 0 && *limit <= most)) return;
    throw Error(ErrorCode::kBadArgument, fmt::format("--{} is {}, expected a number from 0 to {}", name, *limit, most),
                "a share is from 0 to 1: 0.01 is one of a hundred");
  };
  refuse("max-disagreement", limits.max_disagreement, 1);
  refuse("max-corrupted-disagreement", limits.max_corrupted_disagreement, 1);
  refuse("max-regressions", limits.max_regressions, 1);
  refuse("max-accuracy-drop", limits.max_accuracy_drop, 1);
  refuse("max-severity", limits.max_severity, 1e9);
  refuse("min-queries", limits.min_queries, 1e9);
  if (limits.max_still_deviating && *limits.max_still_deviating < 0) {
    throw Error(ErrorCode::kBadArgument, "--max-still-deviating is below 0", "use --max-still-deviating N with N >= 0");
  }
}

GateVerdict verdict_on(const Interval& interval, double limit, bool at_least) {
  if (std::isnan(interval.low) || std::isnan(interval.high) || std::isnan(limit)) return GateVerdict::kInconclusive;
  if (at_least ? interval.low >= limit : interval.high <= limit) return GateVerdict::kPass;
  if (at_least ? interval.high < limit : interval.low > limit) return GateVerdict::kFail;
  return GateVerdict::kInconclusive;
}

GateVerdict verdict_on(std::span<const LimitResult> limits) {
  const auto any = [&](GateVerdict verdict) {
    return std::ranges::any_of(limits, [=](const LimitResult& limit) { return limit.verdict == verdict; });
  };
  if (any(GateVerdict::kFail)) return GateVerdict::kFail;
  return limits.empty() || any(GateVerdict::kInconclusive) ? GateVerdict::kInconclusive : GateVerdict::kPass;
}

std::vector<LimitResult> judge_field(const GateLimits& limits, const FieldAnswers& field, std::uint64_t rng_seed) {
  const Counts counts = count(field);
  refuse_unless_labelled(limits, counts);
  std::vector<LimitResult> results;
  if (counts.not_finite > 0) {
    results.push_back(judge_count("finite-answers", 0, LimitUnit::kImages, counts.not_finite, counts.not_finite));
    results.back().why = "a model answered NaN or infinity";
  }
  if (limits.max_disagreement) {
    results.push_back(judge_share("max-disagreement", *limits.max_disagreement, counts.differ, counts.asked));
  }
  if (limits.max_regressions) {
    results.push_back(judge_share("max-regressions", *limits.max_regressions, counts.regressions, counts.labelled));
  }
  if (limits.max_accuracy_drop) results.push_back(judge_drop(*limits.max_accuracy_drop, counts));
  if (limits.max_corrupted_disagreement) {
    results.push_back(judge_corrupted(*limits.max_corrupted_disagreement, field, rng_seed));
  }
  return results;
}

std::vector<LimitResult> judge_searches(const GateLimits& limits, std::span<const SeedOutcome> outcomes,
                                        std::int64_t max_queries, std::uint64_t rng_seed) {
  std::vector<LimitResult> results;
  if (limits.max_severity) results.push_back(judge_severity(*limits.max_severity, outcomes, rng_seed));
  if (limits.min_queries) results.push_back(judge_queries(*limits.min_queries, outcomes, max_queries, rng_seed));
  return results;
}

LimitResult judge_count(const std::string& name, double limit, LimitUnit unit, std::int64_t least, std::int64_t most) {
  LimitResult result{.name = name, .limit = limit, .unit = unit};
  const auto low = static_cast<double>(least);
  const auto high = static_cast<double>(most);
  result.measured = Estimate{low, {low, high}, most};
  settle(result);
  return result;
}

}  // namespace dflare
