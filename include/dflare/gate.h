// A gate: limits on how a compressed model may behave, and what a sample says of each. It passes only what is shown to
// be within its limit, and fails only what is shown to be beyond.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/profile.h"
#include "dflare/search.h"
#include "dflare/seed_search.h"
#include "dflare/statistics.h"

namespace dflare {

enum class GateVerdict { kPass, kFail, kInconclusive };
std::string_view to_string(GateVerdict verdict);  // "pass", "fail", "inconclusive"

// What is not set is not asked. Shares are from 0 to 1, severity is in natural log units.
struct GateLimits {
  std::optional<double> max_disagreement, max_corrupted_disagreement, max_regressions, max_accuracy_drop;
  std::optional<double> max_severity, min_queries;
  std::optional<std::int64_t> max_still_deviating;

  [[nodiscard]] bool any() const;
  [[nodiscard]] bool of_labels() const { return max_regressions || max_accuracy_drop; }
  [[nodiscard]] bool of_searches() const { return max_severity || min_queries; }
};

// Throws kBadArgument where no limit is set, for one that is no number or that nothing could break (a share above 1).
void check_limits(const GateLimits& limits);

enum class LimitUnit { kShare, kSeverity, kQueries, kFindings, kImages };

// One limit, and what the sample says of it.
struct LimitResult {
  std::string name;  // of the option: "max-disagreement"
  double limit = 0;
  bool at_least = false;  // what is measured must not be below; else not above
  LimitUnit unit = LimitUnit::kShare;
  std::optional<Estimate> measured;  // nothing: not measured
  GateVerdict verdict = GateVerdict::kInconclusive;
  // Of an inconclusive one: how many inputs more would tell, about, if what was measured is the truth. Nothing: that
  // cannot be said, or no number would.
  std::optional<std::int64_t> further;
  std::string why;  // where there is more to say: "the time limit left no time"
};

// Pass where the whole interval is within the limit, fail where all of it is beyond. An interval that is no numbers
// is inconclusive.
GateVerdict verdict_on(const Interval& interval, double limit, bool at_least);
// Fail where any fails, else inconclusive where any is; pass where all do. Of none: inconclusive.
GateVerdict verdict_on(std::span<const LimitResult> limits);

// The limits that are about the field, those of them that are set. Throws kBadInput where labels are needed and no
// input has one. An answer that is not finite fails by a limit of its own, finite-answers.
std::vector<LimitResult> judge_field(const GateLimits& limits, const FieldAnswers& field, std::uint64_t rng_seed);

// Those about searches: of `outcomes`, one a seed, by searches of at most `max_queries`.
std::vector<LimitResult> judge_searches(const GateLimits& limits, std::span<const SeedOutcome> outcomes,
                                        std::int64_t max_queries, std::uint64_t rng_seed);

// A count of which between `least` and `most` are known to be the truth.
LimitResult judge_count(const std::string& name, double limit, LimitUnit unit, std::int64_t least, std::int64_t most);

// The inputs that searches start from, `most` at most, spread evenly: of those that the original gives one strict
// label, the true one where there are labels (unless settings.seed_filter says otherwise), as rank's seeds must be.
SeedSet seeds_to_search(const FieldAnswers& field, const SeedSet& seeds, const SearchSettings& settings,
                        std::size_t most);

// Searches some seeds after the other by `boundary`, until all are or live.stop is set. What it returns was searched to
// the end.
std::vector<SeedOutcome> search_for_gate(Pair pair, const SeedSet& seeds, const SearchSettings& settings,
                                         std::int64_t refine_queries, LiveProgress& live, const Tell& tell);

}  // namespace dflare
