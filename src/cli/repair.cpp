// dflare repair: teaches the compressed model the original's answers, and says what that is worth.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/repair_report.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFolds = 5;                      // as the paper
constexpr int kRaises = 1;                     // exit code
constexpr std::uint64_t kRepeatStride = 1000;  // between the run seeds of repeats; folds count from each

[[noreturn]] void cannot_write(const fs::path& path) {
  throw Error(ErrorCode::kCannotWrite, fmt::format("{}: cannot be written", path.string()),
              "choose another folder by -o FOLDER");
}

// Before anything is asked: a folder that cannot be written shall not cost minutes.
void make_writable(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder) || access(folder.c_str(), W_OK) != 0) cannot_write(folder);
}

// All or nothing.
void replace_file(const fs::path& file, const std::string& text) {
  const fs::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) cannot_write(file);
  }
  std::error_code failed;
  fs::rename(fresh, file, failed);
  if (failed) cannot_write(file);
}

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

RepairOutcome work_out(const OpenRun& run, const RepairData& data) {
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
  if (!options.quiet) fmt::print(stderr, "{}\n", text);
}

// Everything that a repaired pair is made of. Here the compressed model with its head as one file joins it.
void write_head(const OpenRun& run, const RepairHead& head, const fs::path& folder) {
  replace_file(folder / "head.json", to_json({head, run.compressed_reading}));
}

}  // namespace

int repair(const Givens& givens) {
  const Options given = resolve(givens);
  const OpenRun run = open_run(given.run, givens);
  const Options& options = run.options;
  const fs::path folder =
      options.out.empty() ? fs::path(options.run) / ("repair-" + options.method) : fs::path(options.out);
  make_writable(folder);
  say_note(options, "asking both models ...");
  const RepairData data = gather(run, kFolds);
  say_note(options, "training ...");
  const RepairOutcome outcome = work_out(run, data);

  const bool refused = outcome.raises() && !options.force;
  Json report = repair_json(run, data, outcome);
  report["exported"] = !refused;
  replace_file(folder / "repair.json", report.dump(2) + "\n");
  std::error_code ignored;
  fs::remove(folder / "head.json", ignored);  // of an earlier repair: it does not go with these figures
  if (!refused) write_head(run, outcome.head, folder);
  if (options.json) {
    fmt::print("{}\n", report.dump(2));
  } else if (!options.quiet) {
    print_repair(report);
    fmt::print("\nwritten to {}: {}\n", folder.string(), refused ? "repair.json" : "repair.json, head.json");
  }
  std::fflush(stdout);
  if (outcome.raises()) {
    say_note(options, styled(stderr, Style::kRed, "the repair raises the disagreement on natural images") +
                          (refused ? ": its head is not written without --force" : ""));
  }
  return refused ? kRaises : 0;
}

}  // namespace dflare::cli
