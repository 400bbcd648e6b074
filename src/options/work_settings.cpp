// What is done beside a search: from options to the settings of rankings, repairs and guards.
#include "dflare/settings.h"

namespace dflare {

RankSettings rank_settings(const Options& options) {
  RankSettings settings;
  settings.search = search_settings(options);
  settings.search.max_seeds = options.rank_seeds;
  settings.corrupted_per_seed = to_int(options.corrupted, "corrupted");
  settings.search_seeds = options.search_seeds;
  settings.refine_queries = options.rank_refine_queries;
  settings.time_limit_seconds = options.rank_time_limit;
  return settings;
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
  if (options.format == "png") return ExportFormat::kPng;
  return ExportFormat::kJsonLines;
}

}  // namespace dflare
