// A run opened again, with its models and inputs, for what is done after a search.
#include "cli/past_run.h"

#include "cli/record.h"
#include "cli/settings.h"
#include "core/reading_json.h"

namespace dflare::cli {
namespace {

OutputReading recorded_reading(const nlohmann::ordered_json& facts, const char* side) {
  return reading_of(facts.at("models").at(side).at("reading"));
}

}  // namespace

PastRun open_past_run(const Givens& givens) {
  const std::string folder = resolve(givens).run;
  PastRun run;
  run.store = FindingStore::open(folder, /*writable=*/false);
  const RunRecord record = run.store->record();
  run.options = options_from(parse_record(record.settings, folder));
  run.options.out.clear();  // where the run went, not what is made of it
  for (const Given& given : givens) assign(run.options, given);
  run.facts = parse_record(record.facts, folder);
  run.seed_record = parse_record(record.seeds, folder);
  check_models(run.facts);
  run.pair = open_pair(run.options);
  run.seeds = load_seeds(run.options.seeds, seed_options(run.options, run.pair.original->info()));
  check_seeds(run.seed_record, run.seeds);
  run.original = recorded_reading(run.facts, "original");
  run.compressed = recorded_reading(run.facts, "compressed");
  return run;
}

std::vector<SeedIndex> readable_inputs(const SeedSet& seeds) {
  std::vector<SeedIndex> inputs;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (seeds.seeds[i].problem.empty()) inputs.emplace_back(static_cast<std::int32_t>(i));
  }
  return inputs;
}

bool was_searched(const PastRun& run, SeedIndex input) {
  return run.seed_record.at(static_cast<std::size_t>(input.value)).at("planned") == true;
}

}  // namespace dflare::cli
