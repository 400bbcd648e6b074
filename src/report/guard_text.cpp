// What was found out about a guard, in words.
#include "dflare/guard_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/figures.h"
#include "dflare/report_text.h"
#include "report/page.h"

namespace dflare {
namespace {

std::string percent(double share) { return figure_text(share, kPercent); }

std::string with_interval(const ImageShare& share) { return estimate_text(share.estimate(), kPercent); }

void line(Page& page, const std::string& name, const std::string& value) { page.row(name, 12, value); }

void add_learnt(Page& page, const GuardReport& report) {
  const GuardFit& fit = report.fit;
  page.say("Learnt from {} findings and {} natural images of {} inputs, on {} of which the models differ\n\n",
           grouped(fit.findings), grouped(fit.images), grouped(static_cast<std::int64_t>(report.learn_inputs)),
           grouped(fit.natural_deviations));
  const std::string trial =
      fit.pair_gain_sigmas == 0
          ? ""
          : fmt::format("; AUC of the pair-margin {:+.4f} to the margin's, {:.1f} standard errors", fit.pair_gain,
                        fit.pair_gain_sigmas);
  line(page, "score", fit.guard.score + trial);
  line(page, "threshold",
       fmt::format("{:.4g}, from {}: an answer with a score below it is deferred", fit.guard.threshold,
                   fit.threshold_from));
}

void add_row(Page& page, const std::string& name, const ImageShare& clean, const ImageShare& corrupted) {
  page.say("  {:<24}{:<28}{}\n", name, with_interval(clean), with_interval(corrupted));
}

void add_trade(Page& page, const GuardFigures& figures) {
  const std::vector<TradePoint>& curve = figures.curve;
  page.say("\n  {:<12}{:<12}{:<12}\n", "caught", "deferred", "threshold");
  double shown = 0;
  for (const double wanted : {0.5, 0.75, 0.9, 0.95, 0.99, 1.0}) {
    const auto point =
        std::find_if(curve.begin(), curve.end(), [wanted](const TradePoint& p) { return p.caught >= wanted - 1e-9; });
    if (point == curve.end() || point->caught <= shown) continue;
    shown = point->caught;
    page.say("  {:<12}{:<12}{:<12.4g}{}\n", percent(point->caught), percent(point->deferred), point->threshold,
             std::string(static_cast<std::size_t>(60 * std::min(1.0, point->deferred)), '#'));
  }
}

// "promised 90.0 %: missed"
std::string promise_text(const Page& page, const GuardReport& report) {
  const std::string verdict = report.promise == Promise::kMissed ? page.styled(Style::kRed, "missed")
                              : report.promise == Promise::kOpen ? page.styled(Style::kYellow, "open")
                                                                 : page.styled(Style::kGreen, "kept");
  const GuardGoal& goal = report.goal;
  return goal.defer ? fmt::format("at most {} of the images deferred: {}", percent(*goal.defer), verdict)
                    : fmt::format("promised {}: {}", percent(goal.catch_share), verdict);
}

void add_held_out(Page& page, const GuardReport& report) {
  const GuardFigures& held = report.figures;
  const GuardFigures& margin = report.margin_figures;
  page.say("\nHeld out: {} inputs and {} corrupted images of each ({})\n\n", report.held_out_inputs,
           report.corrupted_per_input, report.held_out_from);
  page.say("  {:<24}{:<28}{}\n", "", "as they are", "corrupted");
  add_row(page, "models differ", held.differ_clean, held.differ_corrupted);
  add_row(page, "deferred", held.deferred_clean, held.deferred_corrupted);
  add_row(page, "differ, not deferred", held.left_clean, held.left_corrupted);
  page.say("\n");
  const std::string promise = promise_text(page, report);
  line(page, "caught",
       fmt::format("{} of {} deviations{}", with_interval(held.caught), held.deviations,
                   report.goal.defer ? "" : ", " + promise));
  if (report.goal.defer) line(page, "deferred", fmt::format("{}, {}", percent(held.deferred), promise));
  line(page, "AUC", fmt::format("{:.4f}; of the margin {:.4f}", held.auc, margin.auc));
  line(page, "90 % caught",
       fmt::format("by deferring {}; by the margin {}", percent(held.deferred_at_90), percent(margin.deferred_at_90)));
  if (held.deviations > 0) add_trade(page, held);
}

void add_code(Page& page, const GuardReport& report) {
  const GuardCode& code = report.code;
  const std::string with = report.fit.guard.score == "margin" ? "" : " and g guard.json";
  if (code.python_dequantise.empty()) {
    page.say("\nAs a line of code, z being the model's output{}:\n  {}\n", with, code.python);
  } else {
    page.say("\nAs code, q being the model's 8-bit output as it is stored{}:\n  {}\n  {}\n", with,
             code.python_dequantise, code.python);
  }
}

}  // namespace

std::string text_of(const GuardReport& report, const TextStyle& style) {
  Page page(style);
  add_learnt(page, report);
  add_held_out(page, report);
  add_code(page, report);
  for (const std::string& note : report.notes) page.say("{} {}\n", page.styled(Style::kYellow, "note:"), note);
  return page.text();
}

}  // namespace dflare
