// What a repair is worth, in words.
#include "dflare/repair_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/figures.h"
#include "dflare/report_text.h"
#include "report/page.h"

namespace dflare {
namespace {

constexpr std::size_t kClassesNamed = 12;

void row(Page& page, const std::string& name, const std::string& value) { page.row(name, 14, value); }

std::string percent(double share) { return figure_text(share, kPercent); }

std::string change_in_words(const Page& page, const Estimate& change) {
  std::string text = estimate_text(change, kPoints);
  if (change.interval.low > 0) return page.styled(Style::kRed, text + ": raised");
  if (change.interval.high < 0) return page.styled(Style::kGreen, text + ": lowered");
  return text;
}

void add_effect(Page& page, const char* name, const NaturalEffect& effect) {
  row(page, name,
      fmt::format("{:<28}{:<28}{}", estimate_text(effect.before, kPercent), estimate_text(effect.after, kPercent),
                  change_in_words(page, effect.change)));
  if (effect.labelled == 0) return;
  row(page, "",
      fmt::format("accuracy on {} labelled images: original {}, compressed {} before, {} after",
                  grouped(static_cast<std::int64_t>(effect.labelled)), percent(effect.accuracy_original),
                  percent(effect.accuracy_before), percent(effect.accuracy_after)));
}

std::string judged_by(const RepairReport& report) {
  const std::string inputs = grouped(static_cast<std::int64_t>(report.outcome.clean.inputs));
  switch (report.held_out) {
    case HeldOut::kGiven:
      return inputs + " inputs of --held-out";
    case HeldOut::kUnasked:
      return inputs + " inputs that the run did not ask";
    case HeldOut::kOutOfFold:
      break;
  }
  return fmt::format("the run's own {} inputs, each by a head trained without it: too few were held out", inputs);
}

void add_paper(Page& page, const RepairOutcome& outcome) {
  if (outcome.repeats.empty()) return;
  const RepairRatios mean = mean_ratios(outcome.repeats);
  page.say("\nOn the run's findings, by inputs that the head has not seen ({} folds, {} run seeds)\n", kRepairFolds,
           outcome.repeats.size());
  row(page, "repaired",
      fmt::format("{} of {} deviations", percent(mean.repair), grouped(outcome.repeats.front().counts.deviations)));
  row(page, "induced", percent(mean.inducing) + " as many, among the inputs themselves");
  row(page, "improved", percent(mean.improvement));
}

void add_natural(Page& page, const RepairReport& report) {
  if (!report.outcome.judged) return;
  page.say("\nOn natural images: {}\n", judged_by(report));
  row(page, "disagreement", fmt::format("{:<28}{:<28}{}", "before", "after", "change, 95 % interval over inputs"));
  add_effect(page, "clean", report.outcome.clean);
  add_effect(page, "corrupted", report.outcome.corrupted);
}

// "on corrupted natural images; on clean ones it cannot be told": where an effect holds beyond chance.
std::string where(const RepairOutcome& outcome, bool (NaturalEffect::*holds)() const) {
  const bool clean = (outcome.clean.*holds)(), corrupted = (outcome.corrupted.*holds)();
  if (clean && corrupted) return "on natural images, clean and corrupted";
  const NaturalEffect& other = clean ? outcome.corrupted : outcome.clean;
  const char* told = other.lowers() ? "it is lowered" : "it cannot be told";
  return fmt::format("on {} natural images; on {} ones {}", clean ? "clean" : "corrupted",
                     clean ? "corrupted" : "clean", told);
}

// In words with marks.
std::string verdict_in_words(const RepairOutcome& outcome, const TextStyle& style) {
  switch (outcome.verdict()) {
    case RepairVerdict::kLowers:
      return styled(style, Style::kGreen,
                    "the repair lowers the disagreement " + where(outcome, &NaturalEffect::lowers));
    case RepairVerdict::kRaises:
      return styled(style, Style::kRed, "the repair raises the disagreement " + where(outcome, &NaturalEffect::raises));
    case RepairVerdict::kChangesNothing:
      return "nothing that was tried lowers the disagreement on inputs not seen: the head changes nothing";
    case RepairVerdict::kNotJudged:
      return "the repair was not judged on natural images";
    case RepairVerdict::kCannotTell:
      break;
  }
  const std::int64_t before = outcome.clean.differ_before + outcome.corrupted.differ_before;
  const std::int64_t after = outcome.clean.differ_after + outcome.corrupted.differ_after;
  return styled(style, Style::kYellow, "whether the repair lowers or raises the disagreement cannot be told") +
         fmt::format(
             ": of these natural images the models differ on {} before and on {} after it; more of them tell "
             "(--held-out, --corrupted)",
             grouped(before), grouped(after));
}

}  // namespace

std::string text_of(const RepairReport& report, const TextStyle& style) {
  Page page(style);
  row(page, "method", report.settings.method);
  row(page, "data",
      fmt::format("{} inputs, {} findings{}", grouped(report.seeds), grouped(report.findings),
                  report.natural > 0 ? fmt::format(", {} natural images", grouped(report.natural)) : ""));
  const std::vector<int>& unseen = report.classes_never_seen;
  if (!unseen.empty()) {
    row(page, "never seen",
        page.styled(Style::kYellow,
                    fmt::format("{} of the classes, which the head may unlearn: {}", unseen.size(),
                                unseen.size() > kClassesNamed ? "see repair.json"
                                                              : fmt::format("{}", fmt::join(unseen, ", ")))));
  }
  add_paper(page, report.outcome);
  add_natural(page, report);
  page.say("\n");
  row(page, "verdict", verdict_in_words(report.outcome, style));
  return page.text();
}

std::string verdict_text(const RepairOutcome& outcome, const TextStyle& style) {
  return shown(verdict_in_words(outcome, style));
}

}  // namespace dflare
