// A run opened again, with its models and inputs, for what is done after a search.
#include "cli/past_run.h"

#include <algorithm>

#include "cli/inputs.h"
#include "cli/record.h"
#include "core/reading_json.h"
#include "dflare/error.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

OutputReading recorded_reading(const nlohmann::ordered_json& facts, const char* side) {
  return reading_of(facts.at("models").at(side).at("reading"));
}

SeedStatus status_named(const std::string& name) {
  for (int i = 0; i < 32; ++i) {
    if (to_string(static_cast<SeedStatus>(i)) == name) return static_cast<SeedStatus>(i);
  }
  throw Error(ErrorCode::kBadInput, "the run records an unknown status '" + name + "' of an input",
              "open it with the version of dflare that made it");
}

}  // namespace

PastRun open_past_run(const Givens& givens) {
  const std::string folder = resolve(givens).run;
  PastRun run;
  run.store = FindingStore::open(folder, /*writable=*/false);
  const RunRecord record = run.store->record();
  run.options = options_from(record.settings, folder);
  run.options.out.clear();  // where the run went, not what is made of it
  for (const Given& given : givens) assign(run.options, given);
  run.facts = parse_record(record.facts, folder);
  run.seed_record = parse_record(record.seeds, folder);
  check_models(run.facts);
  run.pair = open_pair(run.options);
  note_runtimes(run.facts, run.pair);
  run.seeds = load_seeds(run.options.seeds, seed_options(run.options, run.pair.original->info()));
  check_seeds(run.seed_record, run.seeds);
  run.original = recorded_reading(run.facts, "original");
  run.compressed = recorded_reading(run.facts, "compressed");
  return run;
}

Searched searched_of(const PastRun& run) {
  Searched searched{.name = run.store->folder().string(),
                    .original = run.pair.original.get(),
                    .compressed = run.pair.compressed.get(),
                    .original_reading = run.original,
                    .compressed_reading = run.compressed,
                    .inputs = &run.seeds};
  for (const auto& seed : run.seed_record) {
    searched.status.push_back(status_named(seed.at("status").get<std::string>()));
    searched.planned.push_back(seed.at("planned") == true ? 1 : 0);
  }
  for (const SeedDone& done : run.store->done()) searched.done.push_back(done.seed);
  std::sort(searched.done.begin(), searched.done.end());
  run.store->for_each_finding(/*with_png=*/true, [&searched](const Finding& finding) {
    if (finding.flaky || finding.kind == FindingKind::kNatural) return;
    searched.findings.seeds.push_back({.input = decode_image(finding.png, png_name(finding)),
                                       .label = -1,
                                       .source = png_name(finding),
                                       .problem = {}});
    searched.finding_of.push_back(finding.seed);
  });
  searched.label_shift =
      std::min(label_offset(run.options, Side::kOriginal), label_offset(run.options, Side::kCompressed));
  return searched;
}

std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels) {
  if (run.options.held_out.empty()) return std::nullopt;
  SeedOptions options = seed_options(run.options, run.pair.original->info());
  options.labels = labels;
  SeedSet set = load_seeds(run.options.held_out, options);
  print_notes(run.options, set);
  return set;
}

AskOptions ask_options(const PastRun& run, LiveProgress& live) {
  AskOptions ask{.workers = to_int(run.options.workers, "workers"),
                 .batch = to_int(run.options.batch, "batch"),
                 .stop = &live.stop,
                 .query_started = live.query_started};
  if (ask.batch == 0) ask.batch = run.facts.at("batch").get<int>();
  check_ask_options(ask);
  return ask;
}

}  // namespace dflare::cli
