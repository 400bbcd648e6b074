// dflare guard: when the compressed model's answer should not be trusted.
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

void print(const WrittenGuard& guard, const Options& asked) {
  if (asked.json) {
    put(stdout, to_json(guard.report, guard.origin));
  } else if (!asked.quiet) {
    put(stdout, text_of(guard.report, style_of(stdout)));
    say("\nWritten to {}: {}\n", guard.folder.string(), fmt::join(guard.origin.files, ", "));
  }
}

std::optional<WrittenGuard> guard_aloud(const Givens& givens, LiveProgress& live) {
  LearningAloud aloud(live);
  return guard_as_asked(givens, live, aloud.hooks(), open_quietly);
}

}  // namespace

int guard(const Givens& givens) {
  const Options asked = resolve(givens);
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const std::optional<WrittenGuard> written = guard_aloud(givens, live);
  if (!written) {
    say(stderr, "interrupted before there was enough to learn from: nothing was written\n");
    return kInterrupted;
  }
  print(*written, asked);
  if (written->report.complete) return 0;
  const bool stopped = written->end == SearchEnd::kStopped;
  if (!asked.quiet) {
    say(stderr, "{}: the guard stands on what was asked by then\n", stopped ? "interrupted" : "the time limit cut in");
  }
  return stopped ? kInterrupted : 0;
}

}  // namespace dflare::cli
