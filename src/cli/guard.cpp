// dflare guard: when the compressed model's answer should not be trusted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "cli/ask_display.h"
#include "cli/feeding.h"
#include "cli/guard_plot.h"
#include "cli/guard_report.h"
#include "cli/guard_samples.h"
#include "cli/guards.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/files.h"
#include "core/json_text.h"
#include "dflare/error.h"
#include "dflare/export_onnx.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kInterrupted = 130;

GuardGoal goal_of(const Options& options) {
  GuardGoal goal{.catch_share = options.catch_share, .defer = {}, .score = options.guard_score};
  if (options.defer_share > 0) goal.defer = options.defer_share;
  return goal;
}

std::vector<int> labels_never_seen(const GuardSample& sample) {
  std::set<int> seen;
  for (std::size_t i = 0; i < sample.size(); ++i) seen.insert(sample.compressed[i].label);
  std::vector<int> missing;
  for (int label = 0; label < static_cast<int>(sample.compressed.classes()); ++label) {
    if (!seen.contains(label)) missing.push_back(label);
  }
  return missing;
}

GuardResult learn(const GuardSamples& samples, const GuardGoal& goal) {
  GuardResult result;
  result.fit = fit_guard(samples.learn, samples.findings, goal);
  result.figures = measure_guard(result.fit.guard, samples.held_out);
  GuardGoal by_margin = goal;
  by_margin.score = "margin";
  result.margin_fit = fit_guard(samples.learn, samples.findings, by_margin);
  result.margin_figures = measure_guard(result.margin_fit.guard, samples.held_out);
  result.labels_never_seen = labels_never_seen(samples.learn);
  return result;
}

// The compressed model with the guard inside, where it is ONNX. A host that cannot be added to costs a note, not the
// guard.
void export_host(const PastRun& run, const OnnxAddition& addition, const std::filesystem::path& folder, Json& report) {
  const std::filesystem::path host = run.options.compressed;
  if (!is_onnx_file(host)) return;
  try {
    export_onnx(host, run.pair.compressed->info().output_name, run.compressed, addition, folder / "guarded.onnx");
    report["files"].push_back("guarded.onnx");
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kCannotWrite) throw;
    report["notes"].push_back(fmt::format("no guarded.onnx: {}; {}", e.what(), e.hint()));
  }
}

void write_all(const PastRun& run, const GuardResult& result, const std::filesystem::path& folder, Json& report) {
  const OnnxAddition addition{.guard = &result.fit.guard};
  report["files"] = {"guard.json", "guard.svg", "guard.onnx"};
  export_onnx_alone(run.pair.compressed->info().classes, run.compressed, addition, folder / "guard.onnx");
  export_host(run, addition, folder, report);
  std::vector<PlottedCurve> curves = {{result.fit.guard.score, result.figures.curve}};
  if (result.fit.guard.score != "margin") curves.push_back({"margin", result.margin_figures.curve});
  replace_file(folder / "guard.svg", trade_svg(curves, result.figures.deferred, result.figures.caught.value()));
  replace_file(folder / "guard.json", json_text(report, 1) + "\n");
}

}  // namespace

int guard(const Givens& givens) {
  check_guard_goal(goal_of(resolve(givens)));  // before the models are asked for minutes
  const PastRun run = open_past_run(givens);
  const auto doubts = run.facts.value("notes", std::vector<std::string>{});  // how its models were fed
  if (!run.options.quiet) print_notes(doubts);
  const std::filesystem::path folder =
      run.options.out.empty() ? run.store->folder() / "guard" : std::filesystem::path(run.options.out);
  make_writable(folder);
  const std::string files[] = {"guard.json", "guard.svg", "guard.onnx", "guarded.onnx"};
  claim_folder(folder, "guard.json", files, [](std::string_view text) { return is_report(text, "threshold_from"); });
  LiveProgress live;
  const InterruptGuard interrupt(live);
  AskOptions ask{
      .workers = static_cast<int>(run.options.workers),
      .batch = run.options.batch > 0 ? static_cast<int>(run.options.batch) : run.facts.at("batch").get<int>(),
      .stop = &live.stop};
  const GuardSamples samples = [&] {
    AskDisplay display(run.options.quiet);
    ask.asked = &display.asked();
    return gather(run, ask);
  }();
  if (live.stop) {
    say(stderr, "interrupted: nothing was written\n");
    return kInterrupted;
  }
  const GuardResult result = learn(samples, goal_of(run.options));
  Json report = guard_report(run, samples, result);
  write_all(run, result, folder, report);
  if (run.options.json) {
    put(stdout, json_text(report, 2) + "\n");
  } else if (!run.options.quiet) {
    print_guard_report(report);
    say("\nWritten to {}: {}\n", folder.string(), fmt::join(report.at("files").get<std::vector<std::string>>(), ", "));
  }
  return 0;
}

}  // namespace dflare::cli
