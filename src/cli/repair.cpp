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

// Images were asked by 32 a query, whatever a search measured.
AskOptions asking_of(const PastRun& run, LiveProgress& live) {
  AskOptions ask = watched(ask_options(run), live);
  ask.batch = AskOptions().batch;
  return ask;
}

void print(const PastRun& run, const RepairReport& report, const ReportOrigin& origin, const fs::path& folder) {
  if (run.options.json) {
    put(stdout, to_json(report, origin));
  } else if (!run.options.quiet) {
    put(stdout, text_of(report, style_of(stdout)));
    say("\nwritten to {}: {}\n", folder.string(), fmt::join(origin.files, ", "));
  }
  flush(stdout);
}

// Nothing where the work ended before there was a head.
std::optional<RepairReport> work_out(const PastRun& run, LiveProgress& live, const Deadline& deadline) {
  const RepairSettings settings = repair_settings(run.options);
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out_aloud(run, run.options.held_out_labels);
  WorkDisplay display(run.options.quiet, deadline.left());
  const RepairData data =
      gather_repair_data(searched, given ? &*given : nullptr, settings, asking_of(run, live), display.tell());
  if (!data.usable) return std::nullopt;
  RepairOutcome outcome = work_out_repair(data, settings, &live.stop, display.tell(), deadline.left());
  if (!outcome.trained) return std::nullopt;
  return repair_report(data, settings, std::move(outcome));
}

}  // namespace

int repair(const Givens& givens) {
  check_repair_settings(repair_settings(resolve(givens)));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(resolve(givens).work_time_limit, live.stop);
  const PastRun run = open_aloud(givens);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const Options& options = run.options;
  const fs::path folder =
      options.out.empty() ? fs::path(options.run) / ("repair-" + options.method) : fs::path(options.out);
  claim_repair_folder(folder);
  std::optional<RepairReport> report = work_out(run, live, deadline);
  if (!report && deadline.passed()) {
    throw Error(ErrorCode::kBadArgument, "the time limit ended it before a head was trained",
                "--time-limit SECONDS gives more; nothing was written");
  }
  if (!report) {
    say(stderr, "interrupted before a head was trained: nothing was written\n");
    return kInterrupted;
  }
  const bool doubtful = report->outcome.doubtful();
  report->exported = !doubtful || options.force;
  const ReportOrigin origin = write_repair(*report, run.compressed(), folder);
  print(run, *report, origin, folder);
  if (!options.quiet) {
    if (!report->complete) {
      say(stderr, "{}: the figures stand on what was asked and trained by then\n",
          live.stop && !deadline.passed() ? "interrupted" : "the time limit cut in");
    }
    if (doubtful) {
      put(stderr, verdict_text(report->outcome, style_of(stderr)));
      say(stderr, "{}\n", report->exported ? "" : ": its head is not written without --force");
    }
  }
  if (live.stop && !deadline.passed()) return kInterrupted;
  return report->exported ? 0 : kNotWritten;
}

}  // namespace dflare::cli
