// dflare show: one finding in words, and rebuilt from its seed.
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/report_text.h"
#include "dflare/run.h"

namespace dflare::cli {
namespace {

void print_rebuilt(const std::string& how) {
  say("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<14}", "rebuilt")), how);
}

}  // namespace

int show(const Givens& givens) {
  const Options given = resolve(givens);
  const auto store = FindingStore::open(given.run, /*writable=*/false);
  const RecordedRun run = read_run(*store);
  const Options options = options_now(run, givens);
  const Finding finding = find_finding(*store, given.id);
  put(stdout, text_of(finding_report(finding, run, options), style_of(stdout)));

  const ReopenedRun reopened = reopen(run, options, open_quietly);
  print_changes(reopened.notes);
  if (comes_again(finding, run, options, reopened)) {
    print_rebuilt("bit for bit from its seed");
    return 0;
  }
  print_rebuilt(styled(stdout, Style::kRed, "no: the search from its seed now ends elsewhere"));
  say(stderr, "the run was made on {}; another machine, runtime or dflare may compute other bits{}\n",
      run.cpu.empty() ? "a machine not recorded" : run.cpu,
      run.rows_exact ? "" : ", and these models answer differently in batches and alone");
  return 1;
}

}  // namespace dflare::cli
