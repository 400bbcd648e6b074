// dflare rank: which variant behaves most like the original.
#include "cli/argument_order.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "cli/work_display.h"
#include "dflare/as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {
namespace {

RankReport rank_aloud(const Options& options, LiveProgress& live) {
  WorkDisplay display(options.quiet, 0);
  RankHooks hooks;
  hooks.inputs_read = [&options](const SeedSet& seeds) { print_notes(options, seeds); };
  hooks.notes = [&options](const std::vector<std::string>& notes) {
    if (!options.quiet) print_notes(notes);
  };
  hooks.tell = display.tell();
  return rank_as_asked(options, live, hooks, open_quietly);
}

int say_how_it_ended(SearchEnd end, bool quiet) {
  const bool stopped = end == SearchEnd::kStopped;
  if (!quiet && stopped) say(stderr, "interrupted: what was measured by then is shown\n");
  if (!quiet && end == SearchEnd::kTimeLimit) {
    say(stderr, "the time limit cut in: what was measured by then is shown; --time-limit SECONDS gives more\n");
  }
  return stopped ? 130 : 0;
}

}  // namespace

int rank(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_rank(options);
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Watchdog watchdog(live, options.query_timeout, "");
  const RankReport report = rank_aloud(options, live);
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  flush(stdout);
  return say_how_it_ended(report.ranking.end, options.quiet);
}

}  // namespace dflare::cli
