// dflare repair: teaches the compressed model the original's answers, and says what that is worth.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/feeding.h"
#include "cli/guards.h"
#include "cli/past_run.h"
#include "cli/repair_report.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/work_display.h"
#include "core/deadline.h"
#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/export_onnx.h"
#include "dflare/repair_head_json.h"
#include "dflare/report_json.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kNotWritten = 1;  // exit codes
constexpr int kInterrupted = 130;

RepairSettings settings_of(const Options& options) {
  return {.method = options.method,
          .natural_per_input = to_int(options.natural, "natural"),
          .corrupted_per_input = to_int(options.corruptions, "corrupted"),
          .repeats = to_int(options.repeats, "repeats"),
          .rng_seed = static_cast<std::uint64_t>(options.rng_seed),
          .time_limit_seconds = options.work_time_limit};
}

// Images were asked by 32 a query, whatever a search measured.
AskOptions asking_of(const PastRun& run, LiveProgress& live) {
  AskOptions ask = ask_options(run, live);
  ask.batch = AskOptions().batch;
  return ask;
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

// Writes repair.json, and the head where it should be used. Returns repair.json.
Json write_all(const PastRun& run, const RepairReport& report, const fs::path& folder, bool exported) {
  Json json = Json::parse(to_json(report));
  json["run"] = fs::absolute(run.store->folder()).lexically_normal().string();
  json["models"] = {{"original", run.facts.at("models").at("original")},
                    {"compressed", run.facts.at("models").at("compressed")}};
  json["exported"] = exported;
  json["files"] = {"repair.json"};
  remove_earlier(folder);
  if (exported) write_repaired(run, report.outcome.head, folder, json);
  replace_file(folder / "repair.json", json_text(json, 2) + "\n");
  return json;
}

void print(const PastRun& run, const RepairReport& report, const Json& json, const fs::path& folder) {
  if (run.options.json) {
    put(stdout, json_text(json, 2) + "\n");
  } else if (!run.options.quiet) {
    print_repair(report);
    say("\nwritten to {}: {}\n", folder.string(), fmt::join(json.at("files").get<std::vector<std::string>>(), ", "));
  }
  flush(stdout);
}

// Nothing where the work ended before there was a head.
std::optional<RepairReport> work_out(const PastRun& run, LiveProgress& live, const Deadline& deadline) {
  const RepairSettings settings = settings_of(run.options);
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out_of(run, run.options.held_out_labels);
  WorkDisplay display(run.options.quiet, deadline.left());
  const RepairData data =
      gather_repair_data(searched, given ? &*given : nullptr, settings, asking_of(run, live), display.tell());
  if (!data.usable) return std::nullopt;
  RepairOutcome outcome = work_out_repair(data, settings, &live.stop, display.tell(), deadline.left());
  if (!outcome.trained) return std::nullopt;
  return repair_report(data, settings, std::move(outcome));
}

}  // namespace

int repair(const Givens& givens) {
  check_repair_settings(settings_of(resolve(givens)));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(resolve(givens).work_time_limit, live.stop);
  const PastRun run = open_past_run(givens);
  const auto doubts = run.facts.value("notes", std::vector<std::string>{});  // how its models were fed
  if (!run.options.quiet) print_notes(doubts);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const Options& options = run.options;
  const fs::path folder =
      options.out.empty() ? fs::path(options.run) / ("repair-" + options.method) : fs::path(options.out);
  make_writable(folder);
  const std::string files[] = {"repair.json", "head.json", "head.onnx", "repaired.onnx"};
  claim_folder(folder, "repair.json", files, [](std::string_view text) { return is_report(text, "exported"); });
  const std::optional<RepairReport> report = work_out(run, live, deadline);
  if (!report && deadline.passed()) {
    throw Error(ErrorCode::kBadArgument, "the time limit ended it before a head was trained",
                "--time-limit SECONDS gives more; nothing was written");
  }
  if (!report) {
    say(stderr, "interrupted before a head was trained: nothing was written\n");
    return kInterrupted;
  }
  const bool doubtful = report->outcome.raises() || !report->outcome.judged;
  const bool exported = !doubtful || options.force;
  print(run, *report, write_all(run, *report, folder, exported), folder);
  if (!options.quiet) {
    if (!report->complete) {
      say(stderr, "{}: the figures stand on what was asked and trained by then\n",
          live.stop && !deadline.passed() ? "interrupted" : "the time limit cut in");
    }
    if (doubtful) {
      say(stderr, "{}{}\n", verdict_in_words(report->outcome, stderr),
          exported ? "" : ": its head is not written without --force");
    }
  }
  if (live.stop && !deadline.passed()) return kInterrupted;
  return exported ? 0 : kNotWritten;
}

}  // namespace dflare::cli
