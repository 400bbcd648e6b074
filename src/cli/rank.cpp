// dflare rank: which variant behaves most like the original.
#include "cli/argument_order.h"
#include "cli/gate.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watched.h"
#include "dflare/as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {
namespace {

RankReport rank_aloud(const Options& options, LiveProgress& live, WorkDisplay& display) {
  RankHooks hooks;
  hooks.inputs_read = [&options](const SeedSet& seeds) { print_notes(options, seeds); };
  hooks.notes = [&options](const std::vector<std::string>& notes) {
    if (!options.quiet) print_notes(notes);
  };
  hooks.tell = display.tell();
  return rank_as_asked(options, live, hooks, open_quietly);
}

}  // namespace

int rank(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_rank(options);
  const RankReport report =
      watched(options, [&](LiveProgress& live, WorkDisplay& display) { return rank_aloud(options, live, display); });
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  flush(stdout);
  say_how_it_ended(report.ranking.end, options.quiet);
  return exit_code(report.ranking.end);
}

}  // namespace dflare::cli
