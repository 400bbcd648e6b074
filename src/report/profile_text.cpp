// A profile in words.
#include <fmt/format.h>

#include <algorithm>

#include "core/figures.h"
#include "dflare/model_files.h"
#include "dflare/report_text.h"
#include "report/page.h"
#include "report/table.h"

namespace dflare {
namespace {

constexpr FigureStyle kPercentColumn{.scale = 100};
constexpr std::size_t kMostLabels = 5;

using Row = std::vector<std::string>;

std::string cell(const std::optional<FieldFigures>& figures) {
  return figures ? figure_text(figures->disagreement.value, kPercentColumn) : "-";
}

void add_table(Page& page, const Profile& profile) {
  Table table{.rows = {{"differ on %, severity", "1", "2", "3", "4", "5", "all"}}, .headings = 1, .words = {0}};
  for (const std::size_t k : profile.order) {
    const KindProfile& kind = profile.kinds[k];
    Row row{kind.name};
    for (const auto& figures : kind.severities) row.push_back(cell(figures));
    row.push_back(estimate_text(kind.all->disagreement, kPercentColumn));
    table.rows.push_back(std::move(row));
  }
  page.say("\n");
  for (const TableLine& line : lines_of(table, page.style().columns)) {
    page.say("{}\n", line.heading ? page.styled(Style::kBold, line.text) : line.text);
  }
}

std::string share(const std::optional<Estimate>& e) { return e ? estimate_text(*e, kPercent) : "-"; }

void add_figures(Page& page, const char* name, const FieldFigures& figures) {
  page.row(name, 22,
           fmt::format("differ on {} of {} {}", estimate_text(figures.disagreement, kPercent), grouped(figures.images),
                       figures.images == 1 ? "image" : "images"));
  if (!figures.accuracy_original) return;
  page.row("", 22,
           fmt::format("right: original {}, compressed {}", share(figures.accuracy_original),
                       share(figures.accuracy_compressed)));
  page.row("", 22, fmt::format("regressions {}, gains {}", share(figures.regressions), share(figures.gains)));
}

void add_losses(Page& page, const ProfileReport& report) {
  const Profile& profile = report.profile;
  const auto first = [](const auto& list) { return std::min(list.size(), kMostLabels); };
  for (std::size_t i = 0; i < first(profile.labels); ++i) {
    const LabelLoss& loss = profile.labels[i];
    page.row(i == 0 ? "labels that lose most" : "", 22,
             fmt::format("{}: {} of its {} images, {}", class_name(report.classes, loss.label), grouped(loss.lost),
                         grouped(loss.images), estimate_text(loss.share, kPercent)));
  }
  for (std::size_t i = 0; i < first(profile.pairs); ++i) {
    const LabelPairLoss& loss = profile.pairs[i];
    page.row(i == 0 ? "most often" : "", 22,
             fmt::format("{} becomes {}: {} images", class_name(report.classes, loss.original),
                         class_name(report.classes, loss.compressed), grouped(loss.images)));
  }
}

}  // namespace

std::string text_of(const ProfileReport& report, const TextStyle& style) {
  const Profile& profile = report.profile;
  Page page(style);
  page.say("\n");
  page.row("pair", 22, fmt::format("{}, {}", name_of_model(report.original), name_of_model(report.compressed)));
  if (!profile.as_they_are) {
    page.say("  Stopped before any input was asked.\n");
    return page.text();
  }
  add_figures(page, "inputs as they are", *profile.as_they_are);
  if (profile.corrupted) add_figures(page, "under corruption", *profile.corrupted);
  if (!profile.order.empty()) {
    page.row("most damaging", 22, profile.kinds[profile.order.front()].name);
  }
  if (profile.not_finite_original + profile.not_finite_compressed > 0) {
    page.row("not finite", 22,
             fmt::format("answers to {} images of the original, {} of the compressed model",
                         grouped(profile.not_finite_original), grouped(profile.not_finite_compressed)));
  }
  add_losses(page, report);
  if (!profile.order.empty()) add_table(page, profile);
  page.say("\n  {} inputs{}; in brackets: 95 % intervals over inputs. docs/profile.md explains the figures.\n",
           grouped(profile.inputs), profile.end == SearchEnd::kComplete ? "" : ", as far as it came");
  return page.text();
}

}  // namespace dflare
