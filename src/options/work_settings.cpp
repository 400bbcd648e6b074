// What is done beside a search: from options to the settings of rankings, profiles, repairs and guards.
#include "dflare/settings.h"

namespace dflare {

RankSettings rank_settings(const Options& options) {
  RankSettings settings;
  settings.search = search_settings(options);
  settings.search.max_seeds = options.rank_seeds;
  settings.corrupted_per_seed = to_int(options.corrupted, "corrupted");
  settings.search_seeds = options.search_seeds;
  settings.refine_queries = options.rank_refine_queries;
  settings.regression_queries = options.regression_queries;
  settings.regression_seeds = options.regression_seeds;
  settings.time_limit_seconds = options.rank_time_limit;
  return settings;
}

FieldSettings field_settings(const Options& options) {
  return {.original_label_offset = label_offset(options, Side::kOriginal),
          .compressed_label_offset = label_offset(options, Side::kCompressed),
          .batch = to_int(options.batch, "batch"),
          .workers = to_int(options.workers, "workers"),
          .rng_seed = static_cast<std::uint64_t>(options.rng_seed),
          .max_inputs = options.max_inputs};
}

GateLimits gate_limits(const GateOptions& options) {
  const auto given = [](double value) { return value < 0 ? std::optional<double>() : value; };
  GateLimits limits{.max_disagreement = given(options.max_disagreement),
                    .max_corrupted_disagreement = given(options.max_corrupted_disagreement),
                    .max_regressions = given(options.max_regressions),
                    .max_accuracy_drop = given(options.max_accuracy_drop),
                    .max_severity = given(options.max_severity),
                    .min_queries = given(options.min_queries),
                    .max_still_deviating = {}};
  if (options.max_still_deviating >= 0) limits.max_still_deviating = options.max_still_deviating;
  if (!options.corpus.empty() && !limits.max_still_deviating) limits.max_still_deviating = 0;
  check_limits(limits);
  return limits;
}

std::optional<GateVerdict> inconclusive_as(const GateOptions& options) {
  if (options.inconclusive == "pass") return GateVerdict::kPass;
  if (options.inconclusive == "fail") return GateVerdict::kFail;
  return std::nullopt;
}

RepairSettings repair_settings(const Options& options) {
  return {.method = options.method,
          .natural_per_input = to_int(options.natural, "natural"),
          .corrupted_per_input = to_int(options.corruptions, "corrupted"),
          .repeats = to_int(options.repeats, "repeats"),
          .rng_seed = static_cast<std::uint64_t>(options.rng_seed),
          .time_limit_seconds = options.work_time_limit};
}

GuardGoal guard_goal(const GuardOptions& options) {
  GuardGoal goal{.catch_share = options.catch_share, .defer = {}, .score = options.guard_score};
  if (options.defer_share > 0) goal.defer = options.defer_share;
  return goal;
}

GuardSampling guard_sampling(const GuardOptions& options) {
  return {.corrupted_per_input = to_int(options.guard_corrupted, "corrupted"),
          .rng_seed = static_cast<std::uint64_t>(options.guard_rng_seed)};
}

ExportFormat export_format(const ReportOptions& options) {
  if (options.format == "csv") return ExportFormat::kCsv;
  if (options.format == "npy") return ExportFormat::kNpy;
  if (options.format == "files") return ExportFormat::kFiles;
  if (options.format == "png") return ExportFormat::kPng;
  return ExportFormat::kJsonLines;
}

}  // namespace dflare
