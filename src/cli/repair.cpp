// dflare repair: teaches the compressed model the original's answers, and says what that is worth.
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

namespace fs = std::filesystem;

constexpr int kNotWritten = 1;  // exit codes
constexpr int kInterrupted = 130;

void print(const PastRun& run, const RepairReport& report, const ReportOrigin& origin, const fs::path& folder) {
  if (run.options.json) {
    put(stdout, to_json(report, origin));
  } else if (!run.options.quiet) {
    put(stdout, text_of(report, style_of(stdout)));
    say("\nwritten to {}: {}\n", folder.string(), fmt::join(origin.files, ", "));
  }
  flush(stdout);
}

// What a user should know of a repair that is done.
void say_how_it_went(const RepairReport& report, bool interrupted) {
  if (!report.complete) {
    say(stderr, "{}: the figures stand on what was asked and trained by then\n",
        interrupted ? "interrupted" : "the time limit cut in");
  }
  if (!report.outcome.doubtful()) return;
  put(stderr, verdict_text(report.outcome, style_of(stderr)));
  say(stderr, "{}\n", report.exported ? "" : ": its head is not written without --force");
}

}  // namespace

int repair(const Givens& givens) {
  const Options asked = resolve(givens);
  check_repair_settings(repair_settings(asked));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(asked.work_time_limit, live.stop);
  const PastRun run = open_aloud(asked.run, givens);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const fs::path folder = output_folder(run, "repair-" + run.options.method);
  claim_repair_folder(folder);
  std::optional<RepairReport> report = [&] {
    WorkDisplay display(run.options.quiet, deadline.left());
    return repair_as_asked(run, live, deadline.left(), hooks_for(run, display));
  }();
  if (!report && deadline.passed()) {
    throw Error(ErrorCode::kBadArgument, "the time limit ended it before a head was trained",
                "--time-limit SECONDS gives more; nothing was written");
  }
  if (!report) {
    say(stderr, "interrupted before a head was trained: nothing was written\n");
    return kInterrupted;
  }
  report->exported = !report->outcome.doubtful() || run.options.force;
  const ReportOrigin origin = write_repair(*report, run.compressed(), folder);
  print(run, *report, origin, folder);
  const bool interrupted = live.stop && !deadline.passed();
  if (!run.options.quiet) say_how_it_went(*report, interrupted);
  if (interrupted) return kInterrupted;
  return report->exported ? 0 : kNotWritten;
}

}  // namespace dflare::cli
