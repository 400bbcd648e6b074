// dflare repair: teaches the compressed model the original's answers, and says what that is worth.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "cli/past_run.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {
namespace {

constexpr int kNotWritten = 1;  // exit code

void print(const WrittenRepair& repair, const Options& asked) {
  if (asked.json) {
    put(stdout, to_json(repair.report, repair.origin));
  } else if (!asked.quiet) {
    put(stdout, text_of(repair.report, style_of(stdout)));
    say("\nwritten to {}: {}\n", repair.folder.string(), fmt::join(repair.origin.files, ", "));
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

std::optional<WrittenRepair> repair_aloud(const Givens& givens, LiveProgress& live) {
  LearningAloud aloud(live);
  return repair_as_asked(givens, live, aloud.hooks(), open_quietly);
}

}  // namespace

int repair(const Givens& givens) {
  const Options asked = resolve(givens);
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const std::optional<WrittenRepair> written = repair_aloud(givens, live);
  if (!written) {
    say(stderr, "interrupted before a head was trained: nothing was written\n");
    return kInterrupted;
  }
  print(*written, asked);
  const bool interrupted = written->end == SearchEnd::kStopped;
  if (!asked.quiet) say_how_it_went(written->report, interrupted);
  if (interrupted) return kInterrupted;
  return written->report.exported ? 0 : kNotWritten;
}

}  // namespace dflare::cli
