// dflare resume: what a run has not finished.
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/run.h"
#include "dflare/run_session.h"

namespace dflare::cli {
namespace {

int report_complete(FindingStore& store, const Options& options) {
  const RunSummary summary = close_run(store);
  if (!options.quiet) say(stderr, "the run in {} is complete: nothing left to do\n", store.folder().string());
  print_result(store, summary, SearchEnd::kComplete, options.json, options.quiet);
  return 0;
}

}  // namespace

int resume(const Givens& givens) {
  const auto store = FindingStore::open(resolve(givens).run, /*writable=*/true);
  const RecordedRun run = read_run(*store);
  const Options options = options_now(run, givens);
  if (is_complete(run, *store)) {
    check_models(run);
    return report_complete(*store, options);
  }

  const ReopenedRun reopened = reopen(run, options, open_quietly);
  print_changes(reopened.notes);
  const SearchSettings settings = settings_to_go_on(run, options);
  Session session(*store, options);
  session.begin_start_up(reopened.seeds);
  Search search(reopened.pair.borrowed(), reopened.seeds, settings, &session.live());
  if (session.live().stop) return session.interrupted_at_start_up();
  return session.conduct(search);
}

}  // namespace dflare::cli
