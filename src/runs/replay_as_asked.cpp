// Replays as options ask for them, and corpora made of runs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/figures.h"
#include "core/hash.h"
#include "core/record_json.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/run.h"
#include "dflare/run_report.h"
#include "runs/field_pair.h"
#include "runs/replayed.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRowsAQuery = 32;

const Flag* flag_named(const std::string& name, unsigned verb) {
  for (const Flag* flag : flags_of(verb)) {
    if (flag->name == name) return flag;
  }
  return nullptr;
}

void refuse_oracle(const RecordedRun& run) {
  if (run.options.oracle == "top1") return;
  throw Error(
      ErrorCode::kBadArgument,
      fmt::format("{}: its models were compared by --oracle {}; a corpus and a replay are about labels of models "
                  "that give scores of classes",
                  run.folder.string(), run.options.oracle),
      "show, export and resume work on such runs");
}

// A run's folder may be somebody else's: commands that it names are not run unless that is allowed.
void refuse_commands_of(const RecordedRun& run, const Options& now) {
  for (const auto& [recorded, model] :
       {std::pair(run.options.original, now.original), std::pair(run.options.compressed, now.compressed)}) {
    if (now.allow_exec || model != recorded || !is_command(model)) continue;
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a model of {} is a command, which is not run unless you allow it: {}", run.folder.string(),
                            command_of(model)),
                "if you would run that yourself, say --allow-exec");
  }
}

// A sentence for each file of the models that is not what it was.
std::vector<std::string> changed_files(const RecordedRun& run, const Options& now) {
  std::vector<std::string> sentences;
  for (const RecordedFile& file : run.files) {
    const bool asked = file.path == now.original || file.path == now.compressed;
    const bool is_file = !is_command(file.path) && !is_function(file.path) && !is_remote(file.path);
    if (!asked || !is_file || sha256_of_file(file.path) == file.sha256) continue;
    sentences.push_back(fmt::format("the {} {} has changed since the run", file.what, file.path.string()));
  }
  return sentences;
}

struct ToReplay {
  KnownFindings known;
  Options options;
  std::vector<std::string> notes;
};

ToReplay of_run(const Options& given, const Givens& now) {
  const auto store = FindingStore::open(given.run, /*writable=*/false);
  const RecordedRun run = read_run(*store);
  refuse_oracle(run);
  ToReplay replay{.known = known_findings(*store), .options = options_now(run, now), .notes = {}};
  if (replay.known.form) replay.options.kind = "array";                   // whether its inputs are there or not
  if (!given.compressed.empty()) replay.options.compressed_head.clear();  // of the model that it was trained for
  replay.options.out = given.out;
  refuse_commands_of(run, replay.options);
  replay.notes = changed_files(run, replay.options);
  return replay;
}

ToReplay of_corpus(const Options& given, const Givens& now) {
  ToReplay replay{.known = read_corpus(given.run), .options = {}, .notes = {}};
  for (const auto& [name, value] : replay.known.asked) {
    const Flag* const flag = flag_named(name, kReplay);
    if (flag == nullptr) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: its findings name an option that is not known: {}", given.run, name),
                  "use the version of dflare that wrote it");
    }
    assign(replay.options, {flag, value});
  }
  for (const Given& each : now) assign(replay.options, each);
  if (replay.options.original.empty() || replay.options.compressed.empty()) {
    throw Error(ErrorCode::kBadArgument, given.run + ": a corpus does not know where the models are",
                "add --original MODEL --compressed MODEL");
  }
  return replay;
}

// How models were fed and read, by those options that a replay has too; what is at its default goes without saying.
std::map<std::string, std::string> asked_of(const Options& options) {
  std::map<std::string, std::string> asked;
  for (const Flag* flag : flags_of(kReplay)) {
    const bool how = flag->saved && !flag->is_path && (flag->group == "Models" || flag->group == "Inputs");
    if (!how) continue;
    static const Options defaults;
    if (const auto* text = std::get_if<std::string Options::*>(&flag->slot);
        text && options.**text != defaults.**text) {
      asked[flag->name] = options.**text;
    }
    if (const auto* number = std::get_if<std::int64_t Options::*>(&flag->slot);
        number && options.**number != defaults.**number) {
      asked[flag->name] = fmt::format("{}", options.**number);
    }
  }
  return asked;
}

CorpusOrigin origin_of(const RecordedRun& run) {
  CorpusOrigin origin{.original = name_of_model(run.options.original),
                      .compressed = name_of_model(run.options.compressed),
                      .original_sha256 = {},
                      .compressed_sha256 = {},
                      .asked = asked_of(run.options)};
  for (const RecordedFile& file : run.files) {
    if (file.what == "original model") origin.original_sha256 = file.sha256;
    if (file.what == "compressed model") origin.compressed_sha256 = file.sha256;
  }
  if (is_command(run.options.original)) origin.original = "exec";  // a command may name folders of this machine
  if (is_command(run.options.compressed)) origin.compressed = "exec";
  if (is_remote(run.options.original)) origin.original = "http";  // an address too
  if (is_remote(run.options.compressed)) origin.compressed = "http";
  return origin;
}

// What the run says of its original: enough to read its inputs again.
ModelInfo recorded_original(const FindingStore& store, const RecordedRun& run) {
  const Json facts = parse_record(store.record().facts, run.folder);
  ModelInfo info;
  const auto shape = facts.at("shape").get<std::vector<int>>();
  info.shape = {shape.at(0), shape.at(1), shape.at(2)};
  if (facts.value("kind", "image") == "array") info.kind = InputKind::kArray;
  info.classes = facts.at("models").at("original").at("classes").get<std::size_t>();
  return info;
}

std::string changed_original(const Replay& replay) {
  const auto asked =
      std::ranges::count_if(replay.findings, [](const auto& f) { return f.outcome != ReplayOutcome::kNotAsked; });
  const auto changed = std::ranges::count_if(replay.findings, [](const ReplayedFinding& f) {
    return f.outcome != ReplayOutcome::kNotAsked && f.original != f.was_original;
  });
  if (changed == 0) return {};
  return fmt::format(
      "the original no longer says what it said of {} of {} known findings: is it the same model, fed the "
      "same way?",
      grouped(changed), grouped(asked));
}

}  // namespace

void replay_into(GateReport& report, const KnownFindings& known, const OpenPair& pair, const Options& options,
                 const GateLimits& limits, LiveProgress& live, const FieldHooks& hooks, const Tell& tell) {
  const int shift = label_shift(options);
  const ReplaySkips skips{label_offset(options, Side::kOriginal) - shift,
                          label_offset(options, Side::kCompressed) - shift};
  const AskOptions ask{.workers = to_int(options.workers, "workers"),
                       .batch = options.batch == 0 ? kRowsAQuery : to_int(options.batch, "batch"),
                       .stop = &live.stop,
                       .query_started = live.query_started};
  report.replay = replay(*pair.original, *pair.compressed, skips, known, ask, tell);
  if (const std::string note = changed_original(*report.replay); !note.empty()) {
    report.notes.push_back(note);
    if (hooks.notes) hooks.notes({note});
  }
  if (!limits.max_still_deviating) return;
  const std::int64_t still = report.replay->count(ReplayOutcome::kStillDeviates);
  const std::int64_t settled = still + report.replay->count(ReplayOutcome::kFixed);
  const std::int64_t open = std::ssize(report.replay->findings) - settled;
  report.limits.push_back(judge_count("max-still-deviating", static_cast<double>(*limits.max_still_deviating),
                                      LimitUnit::kFindings, still, still + open));
  LimitResult& limit = report.limits.back();
  limit.measured->of = std::ssize(report.replay->findings);
  if (report.replay->count(ReplayOutcome::kNotAsked) == limit.measured->of) {
    limit.measured.reset();
    limit.verdict = GateVerdict::kInconclusive;
    limit.why = "there was no time to ask any";
  }
}

GateReport replay_as_asked(const Givens& now, LiveProgress& live, const FieldHooks& hooks, const Opener& open) {
  const Options given = resolve(now);
  const ToReplay what = is_corpus(given.run) ? of_corpus(given, now) : of_run(given, now);
  const Options& options = what.options;
  GateLimits limits;
  if (options.max_still_deviating >= 0) limits = gate_limits(options);
  const OpenPair pair = open_pair(options, open);
  check_levels(pair, options);
  GateReport report{.verb = "replay",
                    .original = options.original,
                    .compressed = options.compressed,
                    .seeds = {},
                    .corpus = given.run,
                    .limits = {},
                    .inconclusive_as = inconclusive_as(options),
                    .replay = {},
                    .classes = class_names(options.classes),
                    .label_shift = label_shift(options),
                    .notes = what.notes};
  if (hooks.notes) hooks.notes(report.notes);
  replay_into(report, what.known, pair, options, limits, live, hooks, hooks.tell);
  report.end = report.replay->end;
  return report;
}

CorpusAddition export_to_corpus(const std::filesystem::path& run, const std::filesystem::path& corpus) {
  const auto store = FindingStore::open(run, /*writable=*/false);
  const RecordedRun recorded = read_run(*store);
  refuse_oracle(recorded);
  known_findings(*store);  // throws where there is none
  const SeedSet seeds =
      load_seeds(recorded.options.seeds, seed_options(recorded.options, recorded_original(*store, recorded)));
  check_seeds(recorded, seeds);
  CorpusOrigin origin = origin_of(recorded);
  if (seeds.form) origin.asked["kind"] = "array";  // no inputs will tell
  return add_to_corpus(*store, origin, seeds, corpus);
}

}  // namespace dflare
