// dflare search: a new run.
#include "dflare/search.h"

#include "cli/argument_order.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "dflare/open_pair.h"
#include "dflare/run_session.h"
#include "dflare/settings.h"

namespace dflare::cli {

int search(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_search(options);
  const SearchSettings settings = search_settings(options);
  const OpenPair pair = open_pair(options, open_quietly);
  check_levels(pair, options);
  const SeedSet seeds = load_inputs(options, pair.original->info());
  NewRun run(options.out.empty() ? free_run_folder() : std::filesystem::path(options.out));
  Session session(run.store(), options);
  session.begin_start_up(seeds);
  Search search(pair.borrowed(), seeds, settings, &session.live());
  if (session.live().stop) return session.interrupted_at_start_up();
  const std::vector<std::string> notes = in_words(doubts_of(options, pair, seeds, search));
  if (!options.quiet) print_notes(notes);
  run.begin(options, pair, seeds, search, notes);
  return session.conduct(search);
}

}  // namespace dflare::cli
