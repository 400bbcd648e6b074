// A run opened again: gone on with, done again, learnt from.
#include "dflare/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/run_report.h"
#include "dflare/settings.h"

namespace dflare {
namespace {

SeedStatus status_named(const std::string& name) {
  for (int i = 0; i < 32; ++i) {
    if (to_string(static_cast<SeedStatus>(i)) == name) return static_cast<SeedStatus>(i);
  }
  throw Error(ErrorCode::kBadInput, "the run records an unknown status '" + name + "' of an input",
              "open it with the version of dflare that made it");
}

class MemorySink : public EventSink {
 public:
  void write(const Events& events) override {
    findings.insert(findings.end(), events.findings.begin(), events.findings.end());
  }
  std::vector<Finding> findings;
};

// Every seed of the plan but one: to the engine they are done.
std::vector<SeedIndex> all_but(SeedIndex seed, std::vector<SeedIndex> plan) {
  std::erase(plan, seed);
  return plan;
}

// Of any readable input: all have one.
Shape shape_of(const SeedSet& seeds) {
  const auto readable = std::ranges::find(seeds.seeds, std::string(), &Seed::problem);
  return readable == seeds.seeds.end() ? Shape{} : readable->input.shape;
}

void add_findings(const FindingStore& store, Searched& searched) {
  searched.findings.form = searched.inputs->form;
  const Shape shape = shape_of(*searched.inputs);
  store.for_each_finding(/*with_png=*/true, [&searched, &shape](const Finding& finding) {
    if (finding.flaky || finding.kind == FindingKind::kNatural) return;
    searched.findings.seeds.push_back({.input = decode_input(finding.png, png_name(finding), shape),
                                       .label = -1,
                                       .source = png_name(finding),
                                       .problem = {}});
    searched.finding_of.push_back(finding.seed);
  });
}

// "12" or "12:0".
struct FindingId {
  SeedIndex seed;
  std::optional<int> ordinal;  // not given: the seed's confirmed finding
};

// The name of a finding's image, with folders or without: its seed and ordinal. Other texts as they are.
std::string id_of_image(const std::string& text) {
  const std::string name = std::filesystem::path(text).filename().string();
  const std::size_t ordinal = name.find('_') + 1;
  const std::size_t end = name.find('_', ordinal);
  const auto is_stored = [&name](const char* ending) { return name.ends_with(ending); };
  const bool stored = is_stored(".png") || is_stored(".npy") || is_stored(".txt") || is_stored(".flac");
  if (!stored || ordinal == 0 || end == std::string::npos) return text;
  return name.substr(0, ordinal - 1) + ":" + name.substr(ordinal, end - ordinal);
}

FindingId parse_id(const std::string& given) {
  const std::string text = id_of_image(given);
  const auto colon = std::min(text.find(':'), text.size());
  const auto number = [&](std::size_t from, std::size_t to) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, value);
    if (error != std::errc() || end != text.data() + to || value < 0) {
      throw Error(ErrorCode::kBadArgument,
                  fmt::format("ID is '{}', expected SEED, SEED:ORDINAL or the name of its image", given),
                  "use the number of an input, as in 12 or 12:0, or the name of an image in RUN/findings");
    }
    return value;
  };
  FindingId id{.seed = SeedIndex(number(0, colon))};
  if (colon < text.size()) id.ordinal = number(colon + 1, text.size());
  return id;
}

bool names(const FindingId& id, const Finding& finding) {
  return finding.seed == id.seed && (id.ordinal ? finding.ordinal == *id.ordinal : !finding.flaky);
}

}  // namespace

void refuse_commands(const RecordedRun& run, const Options& now) {
  if (now.allow_exec) return;
  for (const auto& [side, model] : {std::pair("original", now.original), std::pair("compressed", now.compressed)}) {
    if (!is_command(model)) continue;
    throw Error(ErrorCode::kBadArgument,
                fmt::format("the {} model of {} is a command, which is not run unless you allow it: {}", side,
                            run.folder.string(), command_of(model)),
                "if you would run that yourself, say --allow-exec");
  }
}

ReopenedRun reopen(const RecordedRun& run, const Options& now, const Opener& open) {
  refuse_commands(run, now);
  check_models(run);
  ReopenedRun reopened{.pair = open_pair(now, open), .seeds = {}, .notes = {}};
  reopened.notes = changed_runtimes(run, reopened.pair);
  reopened.seeds = load_seeds(now.seeds, seed_options(now, reopened.pair.original->info()));
  check_seeds(run, reopened.seeds);
  return reopened;
}

bool is_complete(const RecordedRun& run, const FindingStore& store) {
  const auto planned = std::ranges::count(run.seeds, true, &RecordedSeed::planned);
  return static_cast<std::size_t>(planned) == store.done().size();
}

SearchSettings settings_to_go_on(const RecordedRun& run, const Options& now) {
  SearchSettings settings = search_settings(now);
  if (settings.batch == 0) settings.batch = run.batch;
  return settings;
}

bool comes_again(const Finding& finding, const RecordedRun& run, const Options& now, const ReopenedRun& reopened) {
  SearchSettings settings = search_settings(now);
  settings.strategy.own = reopened.own;
  settings.time_limit_seconds = 0;
  settings.batch = run.batch;
  settings.workers = 1;
  Search search(reopened.pair.borrowed(), reopened.seeds, settings);
  MemorySink again;
  search.run(all_but(finding.seed, search.plan()), again);
  return std::ranges::any_of(again.findings, [&finding](const Finding& f) {
    return f.seed == finding.seed && f.ordinal == finding.ordinal && f.png == finding.png &&
           f.label_original == finding.label_original && f.label_compressed == finding.label_compressed;
  });
}

ReportedModel PastRun::compressed() const {
  return {.run = store->folder(),
          .models = recorded.models,
          .file = options.compressed,
          .info = &reopened.pair.compressed->info(),
          .reading = recorded.compressed};
}

Options options_now(const RecordedRun& run, const Givens& now) {
  Options options = run.options;
  for (const Given& given : now) assign(options, given);
  return options;
}

namespace {

// Guards and repairs are about labels of scores.
void check_labels(const RecordedRun& run) {
  if (run.options.oracle == "top1") return;
  throw Error(ErrorCode::kBadArgument,
              fmt::format("{}: its models were compared by --oracle {}; guards and repairs learn from models that give "
                          "scores of classes",
                          run.folder.string(), run.options.oracle),
              "show, export and resume work on such runs");
}

}  // namespace

PastRun open_past_run(const std::filesystem::path& folder, const Givens& now, const Opener& open) {
  PastRun run;
  run.store = FindingStore::open(folder, /*writable=*/false);
  run.recorded = read_run(*run.store);
  check_labels(run.recorded);
  run.recorded.options.out.clear();  // where the run went, not what is made of it
  run.options = options_now(run.recorded, now);
  run.reopened = reopen(run.recorded, run.options, open);
  return run;
}

std::filesystem::path output_folder(const PastRun& run, const std::string& name) {
  return run.options.out.empty() ? run.store->folder() / name : std::filesystem::path(run.options.out);
}

std::optional<SeedSet> held_out_of(const PastRun& run, const std::string& labels) {
  if (run.options.held_out.empty()) return std::nullopt;
  SeedOptions options = seed_options(run.options, run.reopened.pair.original->info());
  options.labels = labels;
  return load_seeds(run.options.held_out, options);
}

AskOptions ask_options(const PastRun& run) {
  AskOptions ask{.workers = to_int(run.options.workers, "workers"), .batch = to_int(run.options.batch, "batch")};
  if (ask.batch == 0) ask.batch = run.recorded.batch;
  check_ask_options(ask);
  return ask;
}

Searched searched_of(const PastRun& run) {
  Searched searched{.name = run.recorded.folder.string(),
                    .original = run.reopened.pair.original.get(),
                    .compressed = run.reopened.pair.compressed.get(),
                    .original_reading = run.recorded.original,
                    .compressed_reading = run.recorded.compressed,
                    .inputs = &run.reopened.seeds};
  for (const RecordedSeed& seed : run.recorded.seeds) {
    searched.status.push_back(status_named(seed.status));
    searched.planned.push_back(seed.planned ? 1 : 0);
  }
  for (const SeedDone& done : run.store->done()) searched.done.push_back(done.seed);
  std::ranges::sort(searched.done);
  add_findings(*run.store, searched);
  searched.label_shift =
      std::min(label_offset(run.options, Side::kOriginal), label_offset(run.options, Side::kCompressed));
  return searched;
}

Finding find_finding(const FindingStore& store, const std::string& id) {
  const FindingId wanted = parse_id(id);
  std::optional<Finding> found;
  store.for_each_finding(true, [&](const Finding& finding) {
    if (!found && names(wanted, finding)) found = finding;
  });
  if (found) return *std::move(found);
  throw Error(ErrorCode::kBadArgument, fmt::format("the run in {} has no finding {}", store.folder().string(), id),
              "the images in its folder findings are named <seed>_<ordinal>_<kind>.png");
}

FindingReport finding_report(Finding finding, const RecordedRun& run, const Options& now) {
  FindingReport report{
      .finding = std::move(finding),
      .image = {},
      .inputs = now.seeds,
      .sources = {},
      .strategy = now.strategy,
      .refine = now.refine,
      .odds = severity_is_odds(run.options.oracle),
      .classes = class_names(now.classes),
      .label_shift = std::min(label_offset(now, Side::kOriginal), label_offset(now, Side::kCompressed))};
  report.image = run.folder / image_path(report.finding);
  for (const RecordedSeed& seed : run.seeds) report.sources.push_back(seed.source);
  return report;
}

}  // namespace dflare
