// dflare merge: runs of one search joined.
#include "dflare/merge.h"

#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/store.h"

namespace dflare::cli {

int merge(const Givens& givens) {
  const Options options = resolve(givens);
  const std::vector<std::filesystem::path> runs(options.runs.begin(), options.runs.end());
  const Merged merged = merge_runs(runs, options.out);
  for (const MergedPart& part : merged.parts) {
    if (options.quiet) break;
    say(stderr, "{}: {} inputs searched, {} of them known from another run, {} not finished\n", part.run.string(),
        grouped(part.ended), grouped(part.ended - part.added), grouped(part.unfinished));
  }
  for (const std::string& note : merged.notes) {
    if (!options.quiet) say(stderr, "note: {}\n", note);
  }
  const auto store = FindingStore::open(options.out, /*writable=*/false);
  print_result(*store, merged.summary, SearchEnd::kComplete, options.json, options.quiet);
  return 0;
}

}  // namespace dflare::cli
