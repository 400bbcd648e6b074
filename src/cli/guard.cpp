// dflare guard: when the compressed model's answer should not be trusted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <optional>

#include "cli/past_run.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "cli/work_display.h"
#include "core/deadline.h"
#include "dflare/error.h"
#include "dflare/report_files.h"
#include "dflare/report_text.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

constexpr int kInterrupted = 130;

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
  const Options asked = resolve(givens);
  check_guard_goal(guard_goal(asked));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(asked.work_time_limit, live.stop);
  const PastRun run = open_aloud(asked.run, givens);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const std::filesystem::path folder = output_folder(run, "guard");
  claim_guard_folder(folder);
  std::optional<GuardReport> report = [&] {
    WorkDisplay display(run.options.quiet, deadline.left());
    return guard_as_asked(run, live, hooks_for(run, display));
  }();
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
  if (report->complete) return 0;
  if (!run.options.quiet) {
    say(stderr, "{}: the guard stands on what was asked by then\n",
        deadline.passed() ? "the time limit cut in" : "interrupted");
  }
  return deadline.passed() ? 0 : kInterrupted;
}

}  // namespace dflare::cli
