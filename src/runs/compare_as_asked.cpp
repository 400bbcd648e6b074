// Two runs, or two profiles' JSON, compared.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "core/files.h"
#include "dflare/error.h"
#include "dflare/gate_as_asked.h"
#include "dflare/model_files.h"
#include "dflare/run.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const char* const kSameInputs = "compare runs or profiles of the same inputs";

// What a run says of an input whose search has ended.
struct Ended {
  bool found = false;
  double queries = 0, severity = 0;
};

struct ReadRun {
  RecordedRun recorded;
  std::map<std::int32_t, Ended> inputs;  // by index
};

ReadRun read(const fs::path& folder) {
  const auto store = FindingStore::open(folder, /*writable=*/false);
  ReadRun run{.recorded = read_run(*store), .inputs = {}};
  for (const SeedDone& done : store->done()) {
    if (done.end == ChainEnd::kModelFailed) continue;
    run.inputs[done.seed.value].queries = static_cast<double>(std::max<std::int64_t>(1, done.queries));
  }
  store->for_each_finding(/*with_png=*/false, [&](const Finding& f) {
    const auto input = run.inputs.find(f.seed.value);
    if (f.flaky || input == run.inputs.end()) return;
    input->second.found = true;
    input->second.severity = std::max(input->second.severity, f.severity);
  });
  return run;
}

void check_same_inputs(const ReadRun& before, const ReadRun& after) {
  const auto& a = before.recorded.seeds;
  const auto& b = after.recorded.seeds;
  if (a.size() != b.size()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} is of {} inputs, {} of {}", before.recorded.folder.string(), a.size(),
                            after.recorded.folder.string(), b.size()),
                kSameInputs);
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].source == b[i].source && a[i].sha256 == b[i].sha256) continue;
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("input {} of {} is {}, of {} it is {}{}", i, before.recorded.folder.string(), a[i].source,
                    after.recorded.folder.string(), b[i].source, a[i].source == b[i].source ? ", another image" : ""),
        kSameInputs);
  }
}

std::string sha_of(const RecordedRun& run, const std::string& what) {
  const auto file = std::ranges::find(run.files, what, &RecordedFile::what);
  return file == run.files.end() ? "" : file->sha256;
}

// Settings that make one search harder than another.
std::vector<std::string> differences(const RecordedRun& a, const RecordedRun& b) {
  std::vector<std::string> notes;
  if (sha_of(a, "original model") != sha_of(b, "original model")) notes.emplace_back("the originals are not the same");
  const auto differ = [&](const char* name, const auto& x, const auto& y) {
    if (x != y) notes.push_back(fmt::format("searched otherwise: --{} {} before, {} after", name, x, y));
  };
  const Options& x = a.options;
  const Options& y = b.options;
  differ("oracle", x.oracle, y.oracle);
  differ("strategy", x.strategy, y.strategy);
  differ("end-points", x.end_points, y.end_points);
  differ("max-queries", x.max_queries, y.max_queries);
  differ("findings-per-seed", x.findings_per_seed, y.findings_per_seed);
  differ("refine", x.refine, y.refine);
  differ("refine-queries", x.refine_queries, y.refine_queries);
  differ("min-severity", x.min_severity, y.min_severity);
  differ("min-robust", x.min_robust, y.min_robust);
  differ("require", x.require, y.require);
  differ("ties", x.ties, y.ties);
  differ("linf", x.linf, y.linf);
  differ("l2", x.l2, y.l2);
  differ("min-ssim", x.min_ssim, y.min_ssim);
  return notes;
}

CompareReport compare_runs(const fs::path& before_path, const fs::path& after_path) {
  const ReadRun before = read(before_path);
  const ReadRun after = read(after_path);
  if (before.recorded.options.oracle != after.recorded.options.oracle) {
    throw Error(ErrorCode::kBadInput, "the two runs compare answers by different oracles",
                "search both pairs by the same --oracle");
  }
  check_same_inputs(before, after);
  std::vector<ComparedInput> inputs;
  for (const auto& [index, a] : before.inputs) {
    const auto b = after.inputs.find(index);
    if (b == after.inputs.end()) continue;
    ComparedInput& input = inputs.emplace_back();
    input.source = before.recorded.seeds.at(static_cast<std::size_t>(index)).source;
    input.before = a.found;
    input.after = b->second.found;
    input.queries_before = a.queries;
    input.queries_after = b->second.queries;
    input.severity_before = a.severity;
    input.severity_after = b->second.severity;
  }
  if (inputs.empty()) {
    throw Error(ErrorCode::kBadInput, "no input was searched to its end in both runs",
                "`dflare resume` goes on with a run");
  }
  CompareReport report{.comparison = compare_inputs(inputs, true), .of_runs = true};
  report.models_before = {before.recorded.options.original, before.recorded.options.compressed};
  report.models_after = {after.recorded.options.original, after.recorded.options.compressed};
  report.notes = differences(before.recorded, after.recorded);
  const std::size_t left_out = before.inputs.size() + after.inputs.size() - 2 * inputs.size();
  if (left_out > 0)
    report.notes.push_back(fmt::format("{} inputs were searched to their end in one run only", left_out));
  return report;
}

struct ReadProfile {
  std::string original, compressed;
  std::int64_t rng_seed = 0;
  std::map<std::pair<std::string, std::string>, Json> inputs;
};

ReadProfile read_profile(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file);
  const Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", file.string(), why),
                "`dflare profile ... -o FILE` writes one; a run is a folder");
  };
  if (!json.is_object() || !json.contains("dflare_profile")) refuse("is no profile's JSON");
  try {
    if (json.at("dflare_profile").get<int>() > 1) refuse("was written by a later dflare");
    ReadProfile profile{.original = json.at("original").get<std::string>(),
                        .compressed = json.at("compressed").get<std::string>(),
                        .rng_seed = json.at("rng_seed").get<std::int64_t>(),
                        .inputs = {}};
    for (const Json& input : json.at("per_input")) {
      profile.inputs[{input.at("source").get<std::string>(), input.at("sha256").get<std::string>()}] = input;
    }
    return profile;
  } catch (const Json::exception& e) {
    refuse(fmt::format("does not say what a profile says: {}", e.what()));
  }
  return {};
}

struct InputOfProfile {
  bool differs = false;
  std::optional<double> corrupted;
  std::optional<bool> regression;
};

InputOfProfile of_profile(const Json& json) {
  const int original = json.at("original").get<int>();
  const int compressed = json.at("compressed").get<int>();
  const int truth = json.at("truth").get<int>();
  InputOfProfile input{.differs = original != compressed || original < 0, .corrupted = {}, .regression = {}};
  if (truth >= 0) input.regression = original == truth && compressed != truth;
  if (const auto images = json.at("corrupted").get<double>(); images > 0) {
    input.corrupted = json.at("differ").get<double>() / images;
  }
  return input;
}

CompareReport compare_profiles(const fs::path& before_path, const fs::path& after_path) {
  const ReadProfile before = read_profile(before_path);
  const ReadProfile after = read_profile(after_path);
  const bool same_images = before.rng_seed == after.rng_seed;
  std::vector<ComparedInput> inputs;
  std::int64_t other_original = 0;
  for (const auto& [key, json] : before.inputs) {
    const auto found = after.inputs.find(key);
    if (found == after.inputs.end()) continue;
    const InputOfProfile a = of_profile(json);
    const InputOfProfile b = of_profile(found->second);
    ComparedInput& input = inputs.emplace_back();
    input.source = key.first;
    input.before = a.differs;
    input.after = b.differs;
    input.regression_before = a.regression;
    input.regression_after = b.regression;
    if (same_images) input.corrupted_before = a.corrupted;
    if (same_images) input.corrupted_after = b.corrupted;
    other_original += json.at("original") == found->second.at("original") ? 0 : 1;
  }
  if (inputs.empty()) throw Error(ErrorCode::kBadInput, "the two profiles have no input in common", kSameInputs);
  CompareReport report{.comparison = compare_inputs(inputs, false), .of_runs = false};
  report.models_before = {before.original, before.compressed};
  report.models_after = {after.original, after.compressed};
  if (!same_images)
    report.notes.emplace_back("their --rng-seed differs: corrupted images are not the same, and left out");
  if (other_original > 0) {
    report.notes.push_back(fmt::format("the originals say different labels of {} inputs", other_original));
  }
  const std::size_t left_out = before.inputs.size() + after.inputs.size() - 2 * inputs.size();
  if (left_out > 0) report.notes.push_back(fmt::format("{} inputs are in one profile only", left_out));
  return report;
}

}  // namespace

CompareReport compare_as_asked(const Options& options) {
  std::error_code failed;
  const bool first = fs::is_regular_file(options.run, failed);
  const bool second = fs::is_regular_file(options.other_run, failed);
  if (first != second) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("one of {} and {} is a file and one is not", options.run, options.other_run),
                "compare two runs, which are folders, or two profiles, which are files");
  }
  CompareReport report =
      first ? compare_profiles(options.run, options.other_run) : compare_runs(options.run, options.other_run);
  report.before = options.run;
  report.after = options.other_run;
  return report;
}

}  // namespace dflare
