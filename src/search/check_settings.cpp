// Every setting in its range: the same errors for a caller with flags and one without.
#include "search/check_settings.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "dflare/error.h"

namespace dflare {
namespace {

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", value);
  return buffer;
}
std::string text(std::int64_t value) { return std::to_string(value); }

void require(bool ok, const std::string& what, const std::string& hint) {
  if (!ok) throw Error(ErrorCode::kBadArgument, what, hint);
}

// A number from `least` to `most`; 0 besides, where that switches a limit off.
struct Range {
  const char* option;
  double least, most;
  bool or_zero = false;
};

void check(double value, const Range& range) {
  if (range.or_zero && value == 0) return;
  const bool fits = std::isfinite(value) && value >= range.least && value <= range.most;
  const std::string expected = std::isinf(range.most) ? "at least " + text(range.least)
                                                      : "from " + text(range.least) + " to " + text(range.most);
  require(
      fits, std::string(range.option) + " is " + text(value) + ", expected " + expected,
      std::string("use ") + range.option + " with a number " + expected + (range.or_zero ? ", or 0 for no limit" : ""));
}

constexpr double kAnyNumber = std::numeric_limits<double>::infinity();

void check_limits(const SearchSettings& s) {
  check(s.budget.linf, {"--linf", 1, 255, true});
  check(s.budget.l2, {"--l2", 0, kAnyNumber});
  check(s.budget.min_ssim, {"--min-ssim", 0, 1});
  check(s.min_severity, {"--min-severity", 0, kAnyNumber});
  check(s.timeout_seconds, {"--timeout", 0, kAnyNumber});
  check(s.time_limit_seconds, {"--time-limit", 0, kAnyNumber});
  check(static_cast<double>(s.max_seeds), {"--max-seeds", 0, kAnyNumber});
  check(s.original_label_offset, {"--original-label-offset", 0, kAnyNumber});
  check(s.compressed_label_offset, {"--compressed-label-offset", 0, kAnyNumber});
  if (s.refine != Refine::kNone) check(static_cast<double>(s.refine_queries), {"--refine-queries", 1, kAnyNumber});
}

void check_queries(const SearchSettings& s) {
  require(s.max_queries >= 2, "the query budget is " + text(s.max_queries) + ", and the seed itself takes one",
          "use --max-queries N with N >= 2");
  const std::int64_t least = 1 + proposals_of(s);
  require(s.max_queries >= least,
          "the query budget is " + text(s.max_queries) + ", and the seed and its first population take " + text(least),
          "use --max-queries N with N >= " + text(least) + ", or a smaller --population");
}

}  // namespace

std::int64_t proposals_of(const SearchSettings& settings) {
  return static_cast<std::int64_t>(make_strategy_factory(settings.strategy)()->max_proposals());
}

void check_settings(const SearchSettings& s) {
  check_queries(s);
  require(s.findings_per_seed >= 1, "a seed's search ends with its first finding at the earliest",
          "use --findings-per-seed N with N >= 1");
  require(s.confirm >= 1, "a finding must be confirmed at least once", "use --confirm K with K >= 1");
  require(s.shards >= 1 && s.shard >= 0 && s.shard < s.shards, "there is no such shard",
          "use --shard I/N with 0 <= I < N");
  require(s.batch >= 0 && s.batch <= kMostRows, "batch is " + text(std::int64_t{s.batch}),
          "use --batch N with 0 <= N <= " + text(std::int64_t{kMostRows}) + " (0: chosen for you)");
  require(s.workers >= 0 && s.workers <= LiveProgress::kMostWorkers, "workers is " + text(std::int64_t{s.workers}),
          "use --workers N with 0 <= N <= " + text(std::int64_t{LiveProgress::kMostWorkers}) + " (0: one a core)");
  check_limits(s);
}

void check_fits(const Pair& pair, const SearchSettings& settings) {
  check_settings(settings);
  require(pair.original->info().shape == pair.compressed->info().shape, "the two models take images of different sizes",
          "compare models with the same input height, width, channels");
}

}  // namespace dflare
