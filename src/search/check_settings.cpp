// Every setting in its range: the same errors for a caller with flags and one without.
#include "search/check_settings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "core/array_values.h"
#include "core/shape_text.h"
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

std::string several(InputKind kind) { return kind == InputKind::kAudio ? "sounds" : to_text(kind) + "s"; }

void check_limits(const SearchSettings& s) {
  check(s.budget.linf, {"--linf", 1, s.strategy.kind == InputKind::kAudio ? 65535.0 : 255.0, true});
  check(s.budget.l2, {"--l2", 0, kAnyNumber});
  check(s.budget.min_ssim, {"--min-ssim", 0, 1});
  require(s.budget.min_ssim <= 0 || s.strategy.kind == InputKind::kImage,
          several(s.strategy.kind) + " have no structural similarity",
          "leave --min-ssim away; --linf and --l2 limit their changes");
  check(s.min_severity, {"--min-severity", 0, kAnyNumber});
  check(s.timeout_seconds, {"--timeout", 0, kAnyNumber});
  check(s.time_limit_seconds, {"--time-limit", 0, kAnyNumber});
  check(static_cast<double>(s.max_seeds), {"--max-seeds", 0, kAnyNumber});
  check(s.original_label_offset, {"--original-label-offset", 0, kAnyNumber});
  check(s.compressed_label_offset, {"--compressed-label-offset", 0, kAnyNumber});
  if (s.refine != Refine::kNone) check(static_cast<double>(s.refine_queries), {"--refine-queries", 1, kAnyNumber});
}

// Arrays are no photographs, and where an oracle compares there are no labels to be right.
void check_natural(const SearchSettings& s) {
  check_natural_box(s.natural_box);
  require(s.strategy.name != "natural" || s.strategy.kind == InputKind::kImage,
          "the strategy `natural` changes images as cameras do, and these inputs are none",
          "use --strategy boundary: it knows the corruptions of all kinds");
  require(s.goal == Goal::kDeviation || s.oracle.oracle == nullptr,
          "a regression is a label lost, and this oracle compares no labels",
          "leave --goal regression away, or compare labels by --oracle top1");
}

// Slopes, squares and crossings are arithmetic on values that stand for themselves.
void check_slopes(const SearchSettings& s) {
  if (has_slopes(s.strategy.kind)) return;
  const std::string what = " changes numbers one by one, and the inputs are " + several(s.strategy.kind);
  require(s.refine == Refine::kNone, "--refine" + what,
          "leave --refine away; --findings-per-seed N with --min-severity S looks for decisive findings");
  require(s.strategy.name != "diffchaser", "--strategy diffchaser" + what, "use --strategy boundary, dflare or random");
  require(s.strategy.end_points != EndPoints::kAttack, "--end-points attack" + what,
          "use --end-points auto, corrupt, mutate or blend");
}

void check_robust(const SearchSettings& s) {
  check(s.robust, {"--robust", 0, kMostNeighbours});
  check(s.min_robust, {"--min-robust", 0, 1});
  require(s.min_robust <= 0 || s.robust > 0, "no share of a finding's neighbours deviates where none is asked",
          "use --robust N with N >= 1, or leave --min-robust away");
  require(s.min_robust <= 0 || has_slopes(s.strategy.kind),
          "--min-robust moves values by a level, and the inputs are " + several(s.strategy.kind),
          "leave --min-robust away; --min-severity S looks for decisive findings");
}

void check_queries(const SearchSettings& s) {
  require(s.max_queries >= 2, "the query budget is " + text(s.max_queries) + ", and the seed itself takes one",
          "use --max-queries N with N >= 2");
  const auto least = s.strategy.lacks_code()  // a Search has it, and checks again
                         ? 2
                         : 1 + static_cast<std::int64_t>(make_strategy_factory(s.strategy)()->max_proposals());
  require(s.max_queries >= least,
          "the query budget is " + text(s.max_queries) + ", and the seed and its first population take " + text(least),
          "use --max-queries N with N >= " + text(least) + ", or a smaller --population");
  require(s.total_queries == 0 || s.total_queries >= least,
          "a seed may take " + text(s.total_queries) + " queries in all, and itself and the first inputs take " +
              text(least),
          "use --total-queries N with N >= " + text(least) + ", or 0 for no such limit");
}

}  // namespace

std::int64_t proposals_of(const SearchSettings& settings) {
  const std::size_t searching = make_strategy_factory(settings.strategy)()->max_proposals();
  const auto refiner = make_refiner(settings.refine);
  return static_cast<std::int64_t>(std::max(searching, refiner == nullptr ? 0 : refiner->max_proposals()));
}

void check_settings(const SearchSettings& s) {
  check_natural(s);
  check_queries(s);
  require(s.findings_per_seed >= 1, "a seed's search ends with its first finding at the earliest",
          "use --findings-per-seed N with N >= 1");
  require(s.confirm >= 1, "a finding must be confirmed at least once", "use --confirm K with K >= 1");
  check_robust(s);
  require(s.shards >= 1 && s.shard >= 0 && s.shard < s.shards, "there is no such shard",
          "use --shard I/N with 0 <= I < N");
  require(s.batch >= 0 && s.batch <= kMostRows, "batch is " + text(std::int64_t{s.batch}),
          "use --batch N with 0 <= N <= " + text(std::int64_t{kMostRows}) + " (0: chosen for you)");
  require(s.workers >= 0 && s.workers <= LiveProgress::kMostWorkers, "workers is " + text(std::int64_t{s.workers}),
          "use --workers N with 0 <= N <= " + text(std::int64_t{LiveProgress::kMostWorkers}) + " (0: one a core)");
  check_limits(s);
  check_slopes(s);
}

void check_fits(const Pair& pair, const SearchSettings& settings) {
  check_settings(settings);
  require(pair.original->info().shape == pair.compressed->info().shape, "the two models take images of different sizes",
          "compare models with the same input height, width, channels");
  require(pair.original->info().rate == pair.compressed->info().rate,
          "the two models take sounds of different sample rates", "compare models that take the same rate");
  require(pair.original->info().kind == pair.compressed->info().kind, "the two models take inputs of different kinds",
          "open both for the same --kind");
}

}  // namespace dflare
