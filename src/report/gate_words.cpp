// Limits and what was measured of them, in words.
#include <fmt/format.h>

#include "core/figures.h"
#include "dflare/gate_report.h"

namespace dflare {
namespace {

FigureStyle style_of(LimitUnit unit) { return unit == LimitUnit::kShare ? kPercent : kPlain; }

std::string count_text(const Interval& interval) {
  const auto whole = [](double value) { return grouped(static_cast<std::int64_t>(value)); };
  if (interval.low == interval.high) return whole(interval.low);
  return fmt::format("{} to {}", whole(interval.low), whole(interval.high));
}

}  // namespace

GateVerdict GateReport::ends_as(const LimitResult& limit) const {
  if (limit.verdict != GateVerdict::kInconclusive || !inconclusive_as) return limit.verdict;
  return *inconclusive_as == GateVerdict::kPass && !limit.measured ? limit.verdict : *inconclusive_as;
}

GateVerdict GateReport::ends_as() const {
  std::vector<LimitResult> decided = limits;
  for (LimitResult& limit : decided) limit.verdict = ends_as(limit);
  return verdict_on(decided);
}

std::string measured_text(const LimitResult& limit) {
  if (!limit.measured) return "-";
  const bool counted = limit.unit == LimitUnit::kFindings || limit.unit == LimitUnit::kImages;
  return counted ? count_text(limit.measured->interval) : estimate_text(*limit.measured, style_of(limit.unit));
}

std::string limit_text(const LimitResult& limit) {
  const auto number = fmt::format("{:g}", limit.unit == LimitUnit::kShare ? 100 * limit.limit : limit.limit);
  return fmt::format("{} {}{}", limit.at_least ? "at least" : "at most", number,
                     limit.unit == LimitUnit::kShare ? " %" : "");
}

std::string advice_text(const LimitResult& limit) {
  if (limit.verdict == GateVerdict::kInconclusive && limit.further) {
    const std::string more = fmt::format("about {} inputs more would tell", grouped(*limit.further));
    return limit.why.empty() ? more : limit.why + "; " + more;
  }
  if (!limit.why.empty() || limit.verdict != GateVerdict::kInconclusive) return limit.why;
  const bool counted = limit.unit == LimitUnit::kFindings || limit.unit == LimitUnit::kImages;
  return counted ? "some are flaky, gone or were not asked" : "no number of inputs like these would tell";
}

}  // namespace dflare
