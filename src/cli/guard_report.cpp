// What `dflare guard` found out, in words.
#include "cli/guard_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "core/figures.h"

namespace dflare::cli {
namespace {

std::string percent(double share) { return figure_text(share, kPercent); }

std::string with_interval(const ImageShare& share) { return estimate_text(share.estimate(), kPercent); }

void line(const std::string& name, const std::string& value) {
  say("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<12}", name)), value);
}

void print_learnt(const GuardReport& report) {
  const GuardFit& fit = report.fit;
  say("Learnt from {} findings and {} natural images of {} inputs, on {} of which the models differ\n\n",
      grouped(fit.findings), grouped(fit.images), grouped(static_cast<std::int64_t>(report.learn_inputs)),
      grouped(fit.natural_deviations));
  const std::string trial =
      fit.pair_gain_sigmas == 0
          ? ""
          : fmt::format("; AUC of the pair-margin {:+.4f} to the margin's, {:.1f} standard errors", fit.pair_gain,
                        fit.pair_gain_sigmas);
  line("score", fit.guard.score + trial);
  line("threshold", fmt::format("{:.4g}, from {}: an answer with a score below it is deferred", fit.guard.threshold,
                                fit.threshold_from));
}

void print_row(const std::string& name, const ImageShare& clean, const ImageShare& corrupted) {
  say("  {:<24}{:<28}{}\n", name, with_interval(clean), with_interval(corrupted));
}

void print_trade(const GuardFigures& figures) {
  const std::vector<TradePoint>& curve = figures.curve;
  say("\n  {:<12}{:<12}{:<12}\n", "caught", "deferred", "threshold");
  double shown = 0;
  for (const double wanted : {0.5, 0.75, 0.9, 0.95, 0.99, 1.0}) {
    const auto point =
        std::find_if(curve.begin(), curve.end(), [wanted](const TradePoint& p) { return p.caught >= wanted - 1e-9; });
    if (point == curve.end() || point->caught <= shown) continue;
    shown = point->caught;
    say("  {:<12}{:<12}{:<12.4g}{}\n", percent(point->caught), percent(point->deferred), point->threshold,
        std::string(static_cast<std::size_t>(60 * std::min(1.0, point->deferred)), '#'));
  }
}

// "promised 90.0 %: missed"
std::string promise_text(const GuardReport& report) {
  const std::string verdict = report.promise == Promise::kMissed ? styled(stdout, Style::kRed, "missed")
                              : report.promise == Promise::kOpen ? styled(stdout, Style::kYellow, "open")
                                                                 : styled(stdout, Style::kGreen, "kept");
  const GuardGoal& goal = report.goal;
  return goal.defer ? fmt::format("at most {} of the images deferred: {}", percent(*goal.defer), verdict)
                    : fmt::format("promised {}: {}", percent(goal.catch_share), verdict);
}

void print_held_out(const GuardReport& report) {
  const GuardFigures& held = report.figures;
  const GuardFigures& margin = report.margin_figures;
  say("\nHeld out: {} inputs and {} corrupted images of each ({})\n\n", report.held_out_inputs,
      report.corrupted_per_input, report.held_out_from);
  say("  {:<24}{:<28}{}\n", "", "as they are", "corrupted");
  print_row("models differ", held.differ_clean, held.differ_corrupted);
  print_row("deferred", held.deferred_clean, held.deferred_corrupted);
  print_row("differ, not deferred", held.left_clean, held.left_corrupted);
  say("\n");
  const std::string promise = promise_text(report);
  line("caught", fmt::format("{} of {} deviations{}", with_interval(held.caught), held.deviations,
                             report.goal.defer ? "" : ", " + promise));
  if (report.goal.defer) line("deferred", fmt::format("{}, {}", percent(held.deferred), promise));
  line("AUC", fmt::format("{:.4f}; of the margin {:.4f}", held.auc, margin.auc));
  line("90 % caught",
       fmt::format("by deferring {}; by the margin {}", percent(held.deferred_at_90), percent(margin.deferred_at_90)));
  if (held.deviations > 0) print_trade(held);
}

void print_code(const GuardReport& report) {
  const GuardCode& code = report.code;
  const std::string with = report.fit.guard.score == "margin" ? "" : " and g guard.json";
  if (code.python_dequantise.empty()) {
    say("\nAs a line of code, z being the model's output{}:\n  {}\n", with, code.python);
  } else {
    say("\nAs code, q being the model's 8-bit output as it is stored{}:\n  {}\n  {}\n", with, code.python_dequantise,
        code.python);
  }
}

}  // namespace

void print_guard_report(const GuardReport& report, const std::vector<std::string>& notes) {
  print_learnt(report);
  print_held_out(report);
  print_code(report);
  for (const std::string& note : notes) say("{} {}\n", styled(stdout, Style::kYellow, "note:"), note);
}

}  // namespace dflare::cli
