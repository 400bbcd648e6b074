// A comparison of two runs or profiles, in words and as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/estimate_json.h"
#include "core/figures.h"
#include "core/json_text.h"
#include "dflare/model_files.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"
#include "report/page.h"
#include "report/table.h"

namespace dflare {
namespace {

constexpr std::size_t kName = 12;
constexpr std::size_t kMostShown = 10;

FigureStyle change_style(const PairedFigure& figure) { return figure.is_share ? kPoints : FigureStyle{.sign = true}; }

void add_sources(Page& page, const char* name, const std::vector<std::string>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (i == kMostShown) {
      page.row("", kName, "and more; --json lists all");
      return;
    }
    page.row(i == 0 ? name : "", kName, sources[i]);
  }
}

std::string models_text(const std::vector<std::string>& models) {
  std::string text;
  for (const std::string& model : models) text += (text.empty() ? "" : ", ") + name_of_model(model);
  return text;
}

}  // namespace

std::string text_of(const CompareReport& report, const TextStyle& style) {
  const Comparison& comparison = report.comparison;
  Page page(style);
  page.say("\n");
  page.row("before", kName, fmt::format("{}: {}", report.before, models_text(report.models_before)));
  page.row("after", kName, fmt::format("{}: {}", report.after, models_text(report.models_after)));
  page.row(report.of_runs ? "found on" : "differ on", kName,
           fmt::format("{} fixed, {} new, {} still there, {} neither before nor after; {} inputs in both",
                       grouped(std::ssize(comparison.fixed)), grouped(std::ssize(comparison.created)),
                       grouped(comparison.still), grouped(comparison.neither), grouped(comparison.inputs)));
  add_sources(page, "new", comparison.created);
  Table table{.rows = {{"", "before", "after", "change", "of", ""}}, .headings = 1, .words = {0, 5}};
  for (const PairedFigure& figure : comparison.figures) {
    const FigureStyle plain = figure.is_share ? kPercent : kPlain;
    table.rows.push_back({figure.name, figure_text(figure.before, plain), figure_text(figure.after, plain),
                          estimate_text(figure.change, change_style(figure)), grouped(figure.change.of),
                          std::string(to_string(figure.direction))});
  }
  page.say("\n");
  for (const TableLine& line : lines_of(table, page.style().columns)) {
    page.say("{}\n", line.heading ? page.styled(Style::kBold, line.text) : line.text);
  }
  for (const std::string& note : report.notes) page.say("\n  note: {}\n", note);
  page.say("\n  In brackets: 95 % intervals of the change, paired by input.\n");
  return page.text();
}

std::string to_json(const CompareReport& report) {
  using Json = nlohmann::ordered_json;
  const Comparison& comparison = report.comparison;
  Json figures = Json::array();
  for (const PairedFigure& figure : comparison.figures) {
    figures.push_back({{"name", figure.name},
                       {"share", figure.is_share},
                       {"before", figure.before},
                       {"after", figure.after},
                       {"change", json_of(figure.change)},
                       {"direction", std::string(to_string(figure.direction))}});
  }
  const Json json = {{"dflare_comparison", 1},
                     {"of", report.of_runs ? "runs" : "profiles"},
                     {"before", report.before},
                     {"after", report.after},
                     {"models_before", report.models_before},
                     {"models_after", report.models_after},
                     {"inputs", comparison.inputs},
                     {"fixed", comparison.fixed},
                     {"new", comparison.created},
                     {"still", comparison.still},
                     {"neither", comparison.neither},
                     {"figures", figures},
                     {"notes", report.notes}};
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
