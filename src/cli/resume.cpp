// dflare resume: what a run has not finished.
#include <fmt/format.h>

#include <algorithm>

#include "cli/pair.h"
#include "cli/record.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

// The options that the run began with, under those given now.
Options options_of(const RunRecord& record, const std::string& run, const Givens& givens) {
  Options options = options_from(record.settings, run);
  for (const Given& given : givens) assign(options, given);
  return options;
}

bool is_complete(const Json& seeds, const FindingStore& store) {
  const auto planned =
      std::count_if(seeds.begin(), seeds.end(), [](const Json& seed) { return seed.at("planned") == true; });
  return static_cast<std::size_t>(planned) == store.done().size();
}

int report_complete(FindingStore& store, const Options& options) {
  store.derive_pngs();
  const RunSummary summary = summarise(store, recorded_timing(store.folder()));
  store.write_summary(to_json(summary));
  if (!options.quiet) say(stderr, "the run in {} is complete: nothing left to do\n", store.folder().string());
  print_result(store, summary, SearchEnd::kComplete, options.json, options.quiet);
  return 0;
}

}  // namespace

int resume(const Givens& givens) {
  const std::string run = resolve(givens).run;
  const auto store = FindingStore::open(run, /*writable=*/true);
  const RunRecord record = store->record();
  const Options options = options_of(record, run, givens);
  const Json facts = parse_record(record.facts, run);
  const Json recorded_seeds = parse_record(record.seeds, run);
  check_models(facts);
  if (is_complete(recorded_seeds, *store)) return report_complete(*store, options);

  const OpenPair pair = open_pair(options);
  note_runtimes(facts, pair);
  const SeedSet seeds = load_seeds(options.seeds, seed_options(options, pair.original->info()));
  check_seeds(recorded_seeds, seeds);
  SearchSettings settings = search_settings(options);
  if (settings.batch == 0) settings.batch = facts.at("batch").get<int>();
  Session session(*store, options);
  session.begin_start_up(seeds);
  Search search({pair.original.get(), pair.compressed.get()}, seeds, settings, &session.live());
  if (session.live().stop) return session.interrupted_at_start_up();
  return session.conduct(search);
}

}  // namespace dflare::cli
