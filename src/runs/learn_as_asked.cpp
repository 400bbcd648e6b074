// Guards and repairs learnt from a run, as its options ask for them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/deadline.h"
#include "core/pacer.h"
#include "dflare/as_asked.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

// As the run was asked, seen by a watchdog and stopped through `live`.
AskOptions watched(const PastRun& run, LiveProgress& live) {
  AskOptions ask = ask_options(run);
  ask.stop = &live.stop;
  ask.query_started = live.query_started;
  return ask;
}

std::optional<SeedSet> held_out(const PastRun& run, const std::string& labels, const LearnHooks& hooks) {
  std::optional<SeedSet> seeds = held_out_of(run, labels);
  if (seeds && hooks.held_out_read) hooks.held_out_read(*seeds);
  return seeds;
}

std::optional<GuardReport> learn(const PastRun& run, LiveProgress& live, const LearnHooks& hooks) {
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out(run, "", hooks);
  const GuardSamples samples = gather_guard_samples(searched, given ? &*given : nullptr, guard_sampling(run.options),
                                                    watched(run, live), hooks.tell);
  return learn_from_part(samples, guard_goal(run.options), run.recorded.compressed,
                         run.reopened.pair.compressed->info());
}

// `seconds` until live.stop is to be expected, negative: never.
std::optional<RepairReport> train(const PastRun& run, LiveProgress& live, double seconds, const LearnHooks& hooks) {
  const Elapsed elapsed;
  const RepairSettings settings = repair_settings(run.options);
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out(run, run.options.held_out_labels, hooks);
  AskOptions ask = watched(run, live);
  ask.batch = AskOptions().batch;  // whatever the search measured
  const RepairData data = gather_repair_data(searched, given ? &*given : nullptr, settings, ask, hooks.tell);
  if (!data.usable) return std::nullopt;
  const double left = seconds < 0 ? -1 : std::max(0.0, seconds - elapsed.seconds());
  RepairOutcome outcome = work_out_repair(data, settings, &live.stop, hooks.tell, left);
  if (!outcome.trained) return std::nullopt;
  return repair_report(data, settings, std::move(outcome));
}

// A time limit that left nothing is a wrong limit; whoever stopped it knows.
void refuse_too_short(const Deadline& deadline, const char* before) {
  if (!deadline.passed()) return;
  throw Error(ErrorCode::kBadArgument, fmt::format("the time limit ended it before {}", before),
              "--time-limit SECONDS gives more; nothing was written");
}

SearchEnd end_of(bool complete, const LiveProgress& live, const Deadline& deadline) {
  if (deadline.passed()) return complete ? SearchEnd::kComplete : SearchEnd::kTimeLimit;
  return live.stop || !complete ? SearchEnd::kStopped : SearchEnd::kComplete;
}

}  // namespace

std::optional<WrittenGuard> guard_as_asked(const Givens& now, LiveProgress& live, const LearnHooks& hooks,
                                           const Opener& open) {
  const Options asked = resolve(now);
  check_guard_goal(guard_goal(asked));  // before models are opened
  const Deadline deadline(asked.work_time_limit, live.stop);
  const PastRun run = open_past_run(asked.run, now, open);
  if (hooks.opened) hooks.opened(run, deadline.left());
  const std::filesystem::path folder = output_folder(run, "guard");
  claim_guard_folder(folder);
  std::optional<GuardReport> report = learn(run, live, hooks);
  if (!report) {
    refuse_too_short(deadline, "there was enough to learn from");
    return std::nullopt;
  }
  ReportOrigin origin = write_guard(*report, run.compressed(), folder);
  const SearchEnd end = end_of(report->complete, live, deadline);
  return WrittenGuard{.report = std::move(*report), .origin = std::move(origin), .folder = folder, .end = end};
}

std::optional<WrittenRepair> repair_as_asked(const Givens& now, LiveProgress& live, const LearnHooks& hooks,
                                             const Opener& open) {
  const Options asked = resolve(now);
  check_repair_settings(repair_settings(asked));  // before models are opened
  const Deadline deadline(asked.work_time_limit, live.stop);
  const PastRun run = open_past_run(asked.run, now, open);
  if (hooks.opened) hooks.opened(run, deadline.left());
  const std::filesystem::path folder = output_folder(run, "repair-" + run.options.method);
  claim_repair_folder(folder);
  std::optional<RepairReport> report = train(run, live, deadline.left(), hooks);
  if (!report) {
    refuse_too_short(deadline, "a head was trained");
    return std::nullopt;
  }
  report->exported = !report->outcome.doubtful() || run.options.force;
  ReportOrigin origin = write_repair(*report, run.compressed(), folder);
  const SearchEnd end = end_of(report->complete, live, deadline);
  return WrittenRepair{.report = std::move(*report), .origin = std::move(origin), .folder = folder, .end = end};
}

}  // namespace dflare
