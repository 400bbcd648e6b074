// dflare resume: what a run has not finished.
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/search_as_asked.h"

namespace dflare::cli {

int resume(const Givens& givens) {
  const Options asked = resolve(givens);
  const auto store = FindingStore::open(asked.run, /*writable=*/true);
  LiveProgress live;
  std::optional<Session> session;
  SearchHooks hooks = hooks_for(session, live);
  hooks.notes = print_changes;
  const std::optional<Resumed> resumed = resume_as_asked(*store, givens, live, hooks, open_quietly);
  session.reset();
  if (!resumed) return interrupted_at_start_up(asked.quiet);
  if (resumed->was_complete && !asked.quiet) {
    say(stderr, "the run in {} is complete: nothing left to do\n", store->folder().string());
  }
  const SearchEnd end = resumed->session.search.end;
  print_result(*store, resumed->session.summary, end, asked.json, asked.quiet);
  return exit_code(end);
}

}  // namespace dflare::cli
