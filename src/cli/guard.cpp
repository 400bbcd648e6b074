// dflare guard: when the compressed model's answer should not be trusted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/feeding.h"
#include "cli/guard_plot.h"
#include "cli/guard_report.h"
#include "cli/guards.h"
#include "cli/past_run.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/work_display.h"
#include "core/deadline.h"
#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/export_onnx.h"
#include "dflare/report_json.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kInterrupted = 130;

GuardGoal goal_of(const Options& options) {
  GuardGoal goal{.catch_share = options.catch_share, .defer = {}, .score = options.guard_score};
  if (options.defer_share > 0) goal.defer = options.defer_share;
  return goal;
}

GuardSampling sampling_of(const Options& options) {
  return {.corrupted_per_input = to_int(options.guard_corrupted, "corrupted"),
          .rng_seed = static_cast<std::uint64_t>(options.guard_rng_seed)};
}

// Nothing where the work ended before there was enough to learn from.
std::optional<GuardReport> learn(const GuardSamples& samples, const PastRun& run) {
  const auto too_little = [&] { return !samples.complete; };
  if (too_little() && (samples.learn.size() == 0 || samples.held_out.size() == 0)) return std::nullopt;
  try {
    return learn_guard(samples, goal_of(run.options), run.compressed, run.pair.compressed->info());
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kBadInput && too_little()) return std::nullopt;
    throw;
  }
}

// The compressed model with the guard inside, where it is ONNX. A host that cannot be added to costs a note, not the
// guard.
void export_host(const PastRun& run, const OnnxAddition& addition, const std::filesystem::path& folder, Json& json) {
  const std::filesystem::path host = run.options.compressed;
  if (!is_onnx_file(host)) return;
  try {
    export_onnx(host, run.pair.compressed->info().output_name, run.compressed, addition, folder / "guarded.onnx");
    json["files"].push_back("guarded.onnx");
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kCannotWrite) throw;
    json["notes"].push_back(fmt::format("no guarded.onnx: {}; {}", e.what(), e.hint()));
  }
}

// Writes all files. Returns guard.json.
Json write_all(const PastRun& run, const GuardReport& report, const std::filesystem::path& folder) {
  Json json = Json::parse(to_json(report));
  json["models"] = run.facts.at("models");
  json["run"] = std::filesystem::absolute(run.store->folder()).lexically_normal().string();
  json["files"] = {"guard.json", "guard.svg", "guard.onnx"};
  const OnnxAddition addition{.guard = &report.fit.guard};
  export_onnx_alone(run.pair.compressed->info().classes, run.compressed, addition, folder / "guard.onnx");
  export_host(run, addition, folder, json);
  std::vector<PlottedCurve> curves = {{report.fit.guard.score, report.figures.curve}};
  if (report.fit.guard.score != "margin") curves.push_back({"margin", report.margin_figures.curve});
  replace_file(folder / "guard.svg", trade_svg(curves, report.figures.deferred, report.figures.caught.value()));
  replace_file(folder / "guard.json", json_text(json, 1) + "\n");
  return json;
}

void print(const PastRun& run, const GuardReport& report, const Json& json, const std::filesystem::path& folder) {
  if (run.options.json) {
    put(stdout, json_text(json, 2) + "\n");
  } else if (!run.options.quiet) {
    print_guard_report(report, json.at("notes").get<std::vector<std::string>>());
    say("\nWritten to {}: {}\n", folder.string(), fmt::join(json.at("files").get<std::vector<std::string>>(), ", "));
  }
}

}  // namespace

int guard(const Givens& givens) {
  check_guard_goal(goal_of(resolve(givens)));  // before models are opened
  LiveProgress live;
  const InterruptGuard interrupt(live);
  const Deadline deadline(resolve(givens).work_time_limit, live.stop);
  const PastRun run = open_past_run(givens);
  const auto doubts = run.facts.value("notes", std::vector<std::string>{});  // how its models were fed
  if (!run.options.quiet) print_notes(doubts);
  const Watchdog watchdog(live, run.options.query_timeout, "");
  const std::filesystem::path folder =
      run.options.out.empty() ? run.store->folder() / "guard" : std::filesystem::path(run.options.out);
  make_writable(folder);
  const std::string files[] = {"guard.json", "guard.svg", "guard.onnx", "guarded.onnx"};
  claim_folder(folder, "guard.json", files, [](std::string_view text) { return is_report(text, "threshold_from"); });
  const Searched searched = searched_of(run);
  const std::optional<SeedSet> given = held_out_of(run, "");
  const GuardSamples samples = [&] {
    WorkDisplay display(run.options.quiet, deadline.left());
    return gather_guard_samples(searched, given ? &*given : nullptr, sampling_of(run.options), ask_options(run, live),
                                display.tell());
  }();
  const std::optional<GuardReport> report = learn(samples, run);
  if (!report && deadline.passed()) {
    throw Error(ErrorCode::kBadArgument, "the time limit ended it before there was enough to learn from",
                "--time-limit SECONDS gives more; nothing was written");
  }
  if (!report) {
    say(stderr, "interrupted before there was enough to learn from: nothing was written\n");
    return kInterrupted;
  }
  print(run, *report, write_all(run, *report, folder), folder);
  if (samples.complete) return 0;
  if (!run.options.quiet) {
    say(stderr, "{}: the guard stands on what was asked by then\n",
        deadline.passed() ? "the time limit cut in" : "interrupted");
  }
  return deadline.passed() ? 0 : kInterrupted;
}

}  // namespace dflare::cli
