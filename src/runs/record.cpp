// What a run records of its models, inputs and machine, and the check that they are still the same.
#include "dflare/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/hash.h"
#include "core/json_text.h"
#include "core/pair_figures_json.h"
#include "core/reading_json.h"
#include "core/record_json.h"
#include "core/shape_text.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/settings.h"
#include "runs/machine.h"
#include "runs/record.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

std::string sha256_of_text(const std::string& text) {
  return sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

const char* const kWayOut = "put it back as it was, or start a new run with dflare search";

// A command is its own text, as it is run from any folder; of a function its name is all that can be told, and of what
// a server answers for its address.
bool is_its_text(const std::filesystem::path& model) {
  return is_command(model) || is_function(model) || is_remote(model);
}

Json file_json(const std::string& path) {
  if (is_its_text(path)) {
    const std::string text = from_anywhere(path);
    return {{"path", utf8_of(text)}, {"sha256", sha256_of_text(text)}};
  }
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  return {{"path", utf8_of(absolute)}, {"sha256", sha256_of_file(absolute)}};
}

// The files beside a model that it reads too, by name.
Json files_beside(const std::string& path) {
  Json list = Json::array();
  const auto files = model_files(is_command(path) ? path : from_anywhere(path));
  for (std::size_t i = 1; i < files.size(); ++i) list.push_back(file_json(files[i].string()));
  return list;
}

Json model_json(const std::string& path, const ModelInfo& info, const OutputReading& reading) {
  Json json = file_json(path);
  if (Json beside = files_beside(path); !beside.empty()) json["beside"] = std::move(beside);
  json.update({{"runtime", info.runtime},
               {"input",
                {{"name", info.input_name},
                 {"type", info.input_type},
                 {"scale", info.input_scale},
                 {"zero_point", info.input_zero_point},
                 {"levels", info.levels.distinct}}},
               {"output", {{"name", info.output_name}, {"type", info.output_type}, {"scale", info.output_scale}}},
               {"reading", json_of(reading)},
               {"classes", info.classes},
               {"fixed_batch", info.fixed_batch},
               {"row_by_row", info.row_by_row}});
  return json;
}

Json facts_json(const Options& options, const OpenPair& pair, const PairFacts& facts) {
  const auto known = [](double share) { return share < 0 ? Json(nullptr) : Json(share); };
  const Shape& shape = pair.original->info().shape;
  Json compressed = model_json(options.compressed, pair.compressed->info(), facts.compressed);
  if (!options.compressed_head.empty()) compressed["head"] = file_json(options.compressed_head);
  return {
      {"dflare", DFLARE_VERSION},
      {"models",
       {{"original", model_json(options.original, pair.original->info(), facts.original)}, {"compressed", compressed}}},
      {"kind", to_text(pair.original->info().kind)},
      {"shape", {shape.height, shape.width, shape.channels}},
      {"rows_exact", facts.rows_exact},
      {"batch", facts.batch},
      {"workers", facts.workers},
      {"figures", json_of(facts.figures)},
      {"agreement", known(facts.agreement)},
      {"accuracy", {{"original", known(facts.accuracy_original)}, {"compressed", known(facts.accuracy_compressed)}}},
      {"machine", machine_json()}};
}

std::string hash_of(const Seed& seed) { return seed.problem.empty() ? sha256(seed.input.pixels) : ""; }

Json seeds_json(const SeedSet& seeds, const Search& search) {
  const RunContext& context = search.context();
  Json list = Json::array();
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    const Seed& seed = seeds.seeds[i];
    const SeedIndex index(static_cast<std::int32_t>(i));
    const auto& plan = search.plan();
    list.push_back({{"source", seed.source},
                    {"label", seed.label},
                    {"status", std::string(to_string(context.status[i]))},
                    {"planned", std::binary_search(plan.begin(), plan.end(), index)},
                    {"problem", seed.problem},
                    {"sha256", hash_of(seed)}});
  }
  return list;
}

}  // namespace

RunRecord make_record(const Options& options, const OpenPair& pair, const SeedSet& seeds, const Search& search,
                      const std::vector<std::string>& notes) {
  Json facts = facts_json(options, pair, search.facts());
  facts["notes"] = notes;
  return {settings_json(options), json_text(facts), json_text(seeds_json(seeds, search))};
}

namespace {

RecordedFile recorded_file(std::string what, const Json& file) {
  return {.what = std::move(what),
          .path = bytes_of(file.at("path").get<std::string>()),
          .sha256 = file.at("sha256").get<std::string>()};
}

void add_files(const std::string& side, const Json& model, std::vector<RecordedFile>& files) {
  files.push_back(recorded_file(side + " model", model));
  for (const Json& file : model.value("beside", Json::array())) {
    files.push_back(recorded_file("file that the " + side + " model reads,", file));
  }
  if (model.contains("head")) files.push_back(recorded_file("head of the " + side + " model", model.at("head")));
}

RecordedSeed recorded_seed(const Json& seed) {
  return {.source = seed.at("source").get<std::string>(),
          .label = seed.at("label").get<int>(),
          .status = seed.at("status").get<std::string>(),
          .planned = seed.at("planned").get<bool>(),
          .sha256 = seed.at("sha256").get<std::string>()};
}

RecordedRun parse_run(const RunRecord& record, const std::filesystem::path& folder) {
  RecordedRun run;
  run.folder = folder;
  run.options = options_from(record.settings, run.folder);
  const Json facts = parse_record(record.facts, run.folder);
  const Json& models = facts.at("models");
  for (const auto& [side, model] : models.items()) add_files(side, model, run.files);
  run.original_runtime = models.at("original").at("runtime").get<std::string>();
  run.compressed_runtime = models.at("compressed").at("runtime").get<std::string>();
  run.original = reading_of(models.at("original").at("reading"));
  run.compressed = reading_of(models.at("compressed").at("reading"));
  run.models = json_text(models);
  run.batch = facts.at("batch").get<int>();
  run.rows_exact = facts.at("rows_exact").get<bool>();
  run.cpu = facts.at("machine").value("cpu", "");
  run.notes = facts.value("notes", std::vector<std::string>{});
  for (const Json& seed : parse_record(record.seeds, run.folder)) run.seeds.push_back(recorded_seed(seed));
  return run;
}

}  // namespace

RecordedRun read_run(const FindingStore& store) {
  const RunRecord record = store.record();
  try {
    return parse_run(record, store.folder());
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("the run in {} does not say what a run says: {}", store.folder().string(), e.what()),
                "open it with the version of dflare that made it");
  }
}

void check_models(const RecordedRun& run) {
  for (const RecordedFile& file : run.files) {
    if ((is_its_text(file.path) ? sha256_of_text(file.path.string()) : sha256_of_file(file.path)) == file.sha256)
      continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("the {} {} has changed since the run began", file.what, file.path.string()), kWayOut);
  }
}

void check_seeds(const RecordedRun& run, const SeedSet& seeds) {
  if (run.seeds.size() != seeds.seeds.size()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} holds {} inputs, the run began with {}", seeds.path.string(), seeds.seeds.size(),
                            run.seeds.size()),
                kWayOut);
  }
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    const Seed& seed = seeds.seeds[i];
    const RecordedSeed& was = run.seeds[i];
    const bool same_input = was.source == seed.source && was.sha256 == hash_of(seed);
    if (same_input && was.label == seed.label) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} of {} in {} has changed since the run began", same_input ? "the label" : "the input",
                            seed.source, seeds.path.string()),
                kWayOut);
  }
}

std::vector<std::string> changed_runtimes(const RecordedRun& run, const OpenPair& pair) {
  std::vector<std::string> sentences;
  const auto note = [&](const char* side, const std::string& then, const ModelInfo& now) {
    if (then == now.runtime) return;
    sentences.push_back(fmt::format("the run asked its {} model by {}, now it is asked by {}: answers may differ", side,
                                    then, now.runtime));
  };
  note("original", run.original_runtime, pair.original->info());
  note("compressed", run.compressed_runtime, pair.compressed->info());
  return sentences;
}

}  // namespace dflare
