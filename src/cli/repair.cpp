// dflare repair: teaches the compressed model the original's answers, and says what that is worth.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "cli/ask_display.h"
#include "cli/feeding.h"
#include "cli/repair_report.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/export_onnx.h"
#include "dflare/repair_head_json.h"

namespace dflare::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFolds = 5;                      // as the paper
constexpr int kRaises = 1;                     // exit code
constexpr std::uint64_t kRepeatStride = 1000;  // between the run seeds of repeats; folds count from each

NaturalEffect effect_of(const NaturalAnswers& answers, const RepairHead& head, std::uint64_t rng_seed) {
  std::vector<RepairedImage> images;
  for (std::size_t i = 0; i < answers.images.size(); ++i) {
    images.push_back({answers.images[i].seed, answers.truth[i], answers.original[i].label, answers.compressed[i].label,
                      repaired_label(head, answers.compressed[i])});
  }
  return natural_effect(images, rng_seed);
}

// The same over the run's own natural rows, by heads that did not see them.
NaturalEffect out_of_fold(const RepairData& data, const CrossValidation& folds, bool corrupted,
                          std::uint64_t rng_seed) {
  std::vector<RepairedImage> images;
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    const bool wanted = (data.image_of_row[i].corruption >= 0) == corrupted;
    if (data.rows.kind[i] != RepairRowKind::kNatural || !wanted) continue;
    images.push_back({data.rows.seed[i], data.truth_of_row[i], data.rows.original[i].label,
                      data.rows.compressed[i].label, folds.label[i]});
  }
  return natural_effect(images, rng_seed);
}

RepairOutcome work_out(const PastRun& run, const RepairData& data) {
  const RepairMethod& method = repair_method(run.options.method);
  const auto rng_seed = static_cast<std::uint64_t>(run.options.rng_seed);
  RepairOutcome outcome;
  for (int r = 0; r < run.options.repeats; ++r) {
    outcome.repeats.push_back(
        cross_validate(method, data.rows, kFolds, rng_seed + kRepeatStride * static_cast<std::uint64_t>(r)));
  }
  std::vector<std::size_t> all(data.rows.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  outcome.head = train_head(method, data.rows, all, rng_seed);
  if (data.held_out == HeldOut::kOutOfFold) {
    outcome.clean = out_of_fold(data, outcome.repeats.front(), false, rng_seed);
    outcome.corrupted = out_of_fold(data, outcome.repeats.front(), true, rng_seed);
  } else {
    outcome.clean = effect_of(data.clean, outcome.head, rng_seed);
    outcome.corrupted = effect_of(data.corrupted, outcome.head, rng_seed);
  }
  return outcome;
}

void say_note(const Options& options, const std::string& text) {
  if (!options.quiet) say(stderr, "{}\n", text);
}

// All that a repaired pair is made of: the head as JSON and as an ONNX file of its own, and for an ONNX model both in
// one. A host that cannot be added to costs a note, not the head. Names the files, in the report too.
void write_repaired(const PastRun& run, const RepairHead& head, const fs::path& folder, Json& report) {
  write_head(folder / "head.json", {head, run.compressed});
  const OnnxAddition addition{.head = &head};
  export_onnx_alone(run.pair.compressed->info().classes, run.compressed, addition, folder / "head.onnx");
  report["files"] = {"repair.json", "head.json", "head.onnx"};
  const fs::path host = run.options.compressed;
  if (!is_onnx_file(host)) return;
  try {
    export_onnx(host, run.pair.compressed->info().output_name, run.compressed, addition, folder / "repaired.onnx");
    report["files"].push_back("repaired.onnx");
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kCannotWrite) throw;
    report["notes"].push_back(fmt::format("no repaired.onnx: {}; {}", e.what(), e.hint()));
  }
}

// What an earlier repair left does not go with these figures.
void remove_earlier(const fs::path& folder) {
  std::error_code ignored;
  for (const char* file : {"head.json", "head.onnx", "repaired.onnx"}) fs::remove(folder / file, ignored);
}

}  // namespace

int repair(const Givens& givens) {
  const Options given = resolve(givens);
  const PastRun run = open_past_run(givens);
  const auto doubts = run.facts.value("notes", std::vector<std::string>{});  // how its models were fed
  if (!run.options.quiet) print_notes(doubts);
  const Options& options = run.options;
  const fs::path folder =
      options.out.empty() ? fs::path(options.run) / ("repair-" + options.method) : fs::path(options.out);
  make_writable(folder);
  const std::string files[] = {"repair.json", "head.json", "head.onnx", "repaired.onnx"};
  claim_folder(folder, "repair.json", files, [](std::string_view text) { return is_report(text, "exported"); });
  const RepairData data = [&] {
    AskDisplay display(options.quiet);
    return gather(run, kFolds, display.asked());
  }();
  say_note(options, "training ...");
  const RepairOutcome outcome = work_out(run, data);

  const bool refused = outcome.raises() && !options.force;
  Json report = repair_json(run, data, outcome);
  report["exported"] = !refused;
  report["files"] = {"repair.json"};
  remove_earlier(folder);
  if (!refused) write_repaired(run, outcome.head, folder, report);
  replace_file(folder / "repair.json", json_text(report, 2) + "\n");
  if (options.json) {
    put(stdout, json_text(report, 2) + "\n");
  } else if (!options.quiet) {
    print_repair(report);
    say("\nwritten to {}: {}\n", folder.string(), fmt::join(report.at("files").get<std::vector<std::string>>(), ", "));
  }
  flush(stdout);
  if (outcome.raises()) {
    say_note(options, styled(stderr, Style::kRed, "the repair raises the disagreement on natural images") +
                          (refused ? ": its head is not written without --force" : ""));
  }
  return refused ? kRaises : 0;
}

}  // namespace dflare::cli
