// dflare guard: when the compressed model's answer should not be trusted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <optional>

#include "cli/guards.h"
#include "cli/past_run.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/work_display.h"
#include "core/deadline.h"
#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/report_files.h"
#include "dflare/report_text.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

constexpr int kInterrupted = 130;

GuardGoal goal_of(const Options& options) {
  GuardGoal goal{.catch_share = options.catch_share, .defer = {}, .score = options.guard_score};
  if (options.defer_share > 0) goal.defer = options.defer_share;
  return goal;
}

GuardSampling sampling_of(const Options& options) {
  return {.corrupted_per_input = to_int(options.guard_corrupted, "corrupted"),
          .rng_seed = static_cast<std::uint64_t>(options.guard_rng_seed)};
}

// Nothing where the work ended before there was enough to learn from.
std::optional<GuardReport> learn(const GuardSamples& samples, const PastRun& run) {
  const auto too_little = [&] { return !samples.complete; };
  if (too_little() && (samples.learn.size() == 0 || samples.held_out.size() == 0)) return std::nullopt;
  try {
    return learn_guard(samples, goal_of(run.options), run.recorded.compressed, run.reopened.pair.compressed->info());
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kBadInput && too_little()) return std::nullopt;
    throw;
  }
}

void print(const PastRun& run, const GuardReport& report, const ReportOrigin& origin,
           const std::filesystem::path& folder) {
  if (run.options.json) {
    put(stdout, to_json(report, origin));
  } else if (!run.options.quiet) {
    put(stdout, text_of(report, style_of(stdout)));
    say("\nWritten to {}: {}\n", folder.string(), fmt::join(origin.files, ", "));
  }
}

}  // namespace

int guard(const Givens& givens) {
  check_guard_goal(goal_of(resolve(givens)));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(resolve(givens).work_time_limit, live.stop);
  const PastRun run = open_past_run(givens);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const std::filesystem::path folder =
      run.options.out.empty() ? run.store->folder() / "guard" : std::filesystem::path(run.options.out);
  make_writable(folder);
  const std::string files[] = {"guard.json", "guard.svg", "guard.onnx", "guarded.onnx"};
  claim_folder(folder, "guard.json", files, [](std::string_view text) { return is_report(text, "threshold_from"); });
  const Searched searched = run.searched();
  const std::optional<SeedSet> given = held_out_of(run, "");
  const GuardSamples samples = [&] {
    WorkDisplay display(run.options.quiet, deadline.left());
    return gather_guard_samples(searched, given ? &*given : nullptr, sampling_of(run.options), ask_options(run, live),
                                display.tell());
  }();
  std::optional<GuardReport> report = learn(samples, run);
  if (!report && deadline.passed()) {
    throw Error(ErrorCode::kBadArgument, "the time limit ended it before there was enough to learn from",
                "--time-limit SECONDS gives more; nothing was written");
  }
  if (!report) {
    say(stderr, "interrupted before there was enough to learn from: nothing was written\n");
    return kInterrupted;
  }
  const ReportOrigin origin = write_guard(*report, run.compressed(), folder);
  print(run, *report, origin, folder);
  if (samples.complete) return 0;
  if (!run.options.quiet) {
    say(stderr, "{}: the guard stands on what was asked by then\n",
        deadline.passed() ? "the time limit cut in" : "interrupted");
  }
  return deadline.passed() ? 0 : kInterrupted;
}

}  // namespace dflare::cli
