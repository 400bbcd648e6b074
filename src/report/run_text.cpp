// The closing table: what a run found, for a person.
#include <fmt/format.h>

#include <cctype>

#include "core/figures.h"
#include "dflare/report_text.h"
#include "dflare/run_words.h"
#include "report/page.h"

namespace dflare {
namespace {

constexpr std::size_t kNameWidth = 15;

void row(Page& page, const std::string& name, const std::string& text) {
  const std::string lines = wrapped(text, kNameWidth, page.style().text_width());
  page.say("  {}", page.styled(Style::kBold, fmt::format("{:<{}}", name, kNameWidth - 2)));
  page.say_lines(std::string_view(lines).substr(kNameWidth));
}

void add_best(Page& page, const RunReport& report) {
  if (report.best.empty()) return;
  page.say("\n  {}\n", page.styled(Style::kBold, "the most decisive findings"));
  for (const auto& [finding, source] : report.best) {
    page.say("  {}\n", (report.folder / "findings" / png_name(finding)).string());
    if (!finding.facts.empty()) {
      page.say_lines(wrapped(fmt::format("from {}: {}; severity {}", source, measured_in_words(finding.facts),
                                         figure_text(finding.severity)),
                             4, page.style().text_width()));
      continue;
    }
    page.say_lines(wrapped(
        fmt::format("from {} ({}): original says {} ({:.1f} %), compressed says {} ({:.1f} %), "
                    "severity {}",
                    source, to_string(finding.kind),
                    class_name(report.classes, finding.label_original, report.label_shift), 100 * finding.p_original,
                    class_name(report.classes, finding.label_compressed, report.label_shift),
                    100 * finding.p_compressed, figure_text(finding.severity)),
        4, page.style().text_width()));
  }
}

// A line of what the pair is like, and one on what to do next. Where its deviations mean nothing that is a warning.
void add_look(Page& page, const PairLook& look) {
  const std::string mark = look.sound() ? "" : page.styled(Style::kYellow, "warning: ");
  std::string what = look.what;
  what.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(what.front())));
  page.say("{}{}.\n", mark, what);
  if (!look.next.empty()) page.say_lines(wrapped(look.next + ".", 2, page.style().text_width()));
}

void add_notes(Page& page, const RunSummary& summary) {
  if (summary.rows_exact) return;
  page.say("\n  {} {}\n", page.styled(Style::kYellow, "note:"),
           "the models answer differently in batches and alone: findings may depend on --batch (see `rows_exact`)");
}

}  // namespace

std::string text_of(const RunReport& report, const TextStyle& style) {
  Page page(style);
  page.say("\n");
  if (const auto look = look_at(report.summary)) add_look(page, *look);
  page.say("\n");
  for (const SummaryLine& line : lines_of(report.summary)) row(page, line.name, line.text);
  add_best(page, report);
  add_notes(page, report.summary);
  page.say("\n  all of it: {}\n", (report.folder / "findings").string());
  return page.text();
}

}  // namespace dflare
