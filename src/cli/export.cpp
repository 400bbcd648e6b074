// dflare export: the confirmed findings of a run in other formats.
#include <fmt/format.h>

#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/error.h"
#include "dflare/gate_as_asked.h"
#include "dflare/settings.h"
#include "dflare/store.h"

namespace dflare::cli {
namespace {

int export_corpus(const Options& options) {
  if (!options.out.empty()) {
    throw Error(ErrorCode::kBadArgument, "-o and --corpus are both given", "use one of them");
  }
  const CorpusAddition addition = export_to_corpus(options.run, options.corpus);
  if (options.quiet) return 0;
  say(stderr, "{} findings added to {}, {} were there already\n", addition.added, options.corpus, addition.there);
  return 0;
}

}  // namespace

int export_findings(const Givens& givens) {
  const Options options = resolve(givens);
  if (!options.corpus.empty()) return export_corpus(options);
  if (options.out.empty()) {
    throw Error(ErrorCode::kBadArgument, "no target is given", "use -o TARGET to say where to write");
  }
  const bool to_output = options.out == "-";
  const auto store = FindingStore::open(options.run, /*writable=*/false);
  if (to_output) {
    export_text(*store, export_format(options), [](std::string_view text) { put(stdout, text); });
    return 0;
  }
  export_run(*store, export_format(options), options.out);
  std::int64_t count = 0;
  store->for_each_finding(false, [&count](const Finding& finding) { count += finding.flaky ? 0 : 1; });
  if (!options.quiet) say(stderr, "{} findings written to {}\n", count, options.out);
  return 0;
}

}  // namespace dflare::cli
