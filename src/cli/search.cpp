// dflare search: a new run.
#include "dflare/search.h"

#include "cli/argument_order.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "dflare/search_as_asked.h"

namespace dflare::cli {

int search(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_search(options);
  LiveProgress live;
  std::optional<Session> session;
  SearchHooks hooks = hooks_for(session, live);
  hooks.inputs_read = [&options](const SeedSet& seeds) { print_notes(options, seeds); };
  hooks.notes = [&options](const std::vector<std::string>& notes) {
    if (!options.quiet) print_notes(notes);
  };
  const std::optional<SearchedRun> run = search_as_asked(options, live, hooks, open_quietly);
  session.reset();
  if (!run) return interrupted_at_start_up(options.quiet);
  print_result(*run->store, run->session.summary, run->session.search.end, options.json, options.quiet);
  return exit_code(run->session.search.end);
}

}  // namespace dflare::cli
