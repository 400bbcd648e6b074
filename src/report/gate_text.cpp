// A check or a replay in words.
#include <fmt/format.h>

#include "core/figures.h"
#include "dflare/gate_report.h"
#include "dflare/model_files.h"
#include "dflare/report_text.h"
#include "dflare/run_report.h"
#include "report/page.h"
#include "report/table.h"

namespace dflare {
namespace {

constexpr std::size_t kMostShown = 20;
constexpr std::size_t kName = 16;

Style colour_of(GateVerdict verdict) {
  return verdict == GateVerdict::kPass ? Style::kGreen : verdict == GateVerdict::kFail ? Style::kRed : Style::kYellow;
}

void add_limits(Page& page, const GateReport& report) {
  Table table{.rows = {{"limit", "", "measured", "of", "verdict"}}, .headings = 1, .words = {0, 1, 4}};
  for (const LimitResult& limit : report.limits) {
    table.rows.push_back({limit.name, limit_text(limit), measured_text(limit),
                          limit.measured ? grouped(limit.measured->of) : "-", std::string(to_string(limit.verdict))});
  }
  page.say("\n");
  for (const TableLine& line : lines_of(table, page.style().columns)) {
    page.say("{}\n", line.heading ? page.styled(Style::kBold, line.text) : line.text);
  }
  for (const LimitResult& limit : report.limits) {
    if (const std::string advice = advice_text(limit); !advice.empty()) page.say("  {}: {}\n", limit.name, advice);
  }
}

void add_replay(Page& page, const GateReport& report) {
  const Replay& replay = *report.replay;
  page.row("known findings", kName,
           fmt::format("{}: {} still deviate, {} fixed, {} gone beyond recognition, {} flaky, {} not asked",
                       grouped(std::ssize(replay.findings)), grouped(replay.count(ReplayOutcome::kStillDeviates)),
                       grouped(replay.count(ReplayOutcome::kFixed)), grouped(replay.count(ReplayOutcome::kGone)),
                       grouped(replay.count(ReplayOutcome::kFlaky)), grouped(replay.count(ReplayOutcome::kNotAsked))));
  std::size_t shown = 0;
  for (const ReplayedFinding& finding : replay.findings) {
    if (finding.outcome == ReplayOutcome::kFixed || finding.outcome == ReplayOutcome::kNotAsked) continue;
    if (++shown > kMostShown) {
      page.row("", kName, "and more; --json lists all");
      break;
    }
    page.row("", kName,
             fmt::format("{} of {}: {}, {} against {}", finding.name, finding.source, to_string(finding.outcome),
                         class_name(report.classes, finding.original, report.label_shift),
                         class_name(report.classes, finding.compressed, report.label_shift)));
  }
}

void add_verdict(Page& page, const GateReport& report) {
  const GateVerdict verdict = report.verdict();
  std::string words(to_string(verdict));
  if (verdict != report.ends_as()) words += fmt::format(", taken for a {}", to_string(report.ends_as()));
  page.say("\n  {}\n", page.styled(colour_of(report.ends_as()), words));
  if (report.unreadable > 0) page.say("  {} inputs cannot be read.\n", grouped(report.unreadable));
  page.say("  In brackets: 95 % intervals. docs/check.md says what a verdict means.\n");
}

}  // namespace

std::string text_of(const GateReport& report, const TextStyle& style) {
  Page page(style);
  page.say("\n");
  page.row("pair", kName, fmt::format("{}, {}", name_of_model(report.original), name_of_model(report.compressed)));
  if (report.replay) add_replay(page, report);
  if (report.limits.empty()) return page.text();
  add_limits(page, report);
  add_verdict(page, report);
  return page.text();
}

}  // namespace dflare
