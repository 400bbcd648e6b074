// Guards and repairs learnt from a run, as its options ask for them.
#include <algorithm>
#include <utility>

#include "core/pacer.h"
#include "dflare/as_asked.h"
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

}  // namespace

std::optional<GuardReport> guard_as_asked(const PastRun& run, LiveProgress& live, const LearnHooks& hooks) {
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out(run, "", hooks);
  const GuardSamples samples = gather_guard_samples(searched, given ? &*given : nullptr, guard_sampling(run.options),
                                                    watched(run, live), hooks.tell);
  return learn_from_part(samples, guard_goal(run.options), run.recorded.compressed,
                         run.reopened.pair.compressed->info());
}

std::optional<RepairReport> repair_as_asked(const PastRun& run, LiveProgress& live, double seconds,
                                            const LearnHooks& hooks) {
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

}  // namespace dflare
