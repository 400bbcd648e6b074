// What a ranking found, in words.
#include "dflare/rank_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/figures.h"
#include "dflare/model_files.h"
#include "dflare/report_text.h"
#include "report/page.h"
#include "report/table.h"

namespace dflare {
namespace {

const char* const kNothing = "-";

// In percent columns the heading has the unit.
constexpr FigureStyle kPercentColumn{.scale = 100};

std::string plain(const std::optional<Estimate>& e, const FigureStyle& style = kPlain) {
  return e ? figure_text(e->value, style) : kNothing;
}

std::string with_interval(const std::optional<Estimate>& e, const FigureStyle& style = kPlain) {
  return e ? estimate_text(*e, style) : kNothing;
}

std::string milliseconds(const std::optional<Estimate>& searched, double seconds) {
  return searched ? figure_text(1000 * seconds) : kNothing;
}

std::string size_text(std::uintmax_t bytes) {
  const auto kilo = static_cast<double>(bytes) / 1000;
  return kilo < 1000 ? fmt::format("{:.0f} KB", kilo) : fmt::format("{:.1f} MB", kilo / 1000);
}

using Row = std::vector<std::string>;

const Row kHeadings[] = {
    {"rank", "variant", "size", "right", "differ as", "differ under", "boundary", "severity", "natural", "boundary", "",
     "dflare", ""},
    {"", "", "", "%", "they are %", "corruption %", "shift", "", "regression", "queries", "ms", "queries", "ms"}};

Row cells(const VariantMeasures& v, const RankedFile& file, bool shared) {
  return {v.rank == 0 ? kNothing : fmt::format("{}{}", v.rank, shared ? "=" : ""),
          name_of_model(file.path),
          size_text(file.bytes),
          plain(v.accuracy, kPercentColumn),
          plain(v.disagreement, kPercentColumn),
          with_interval(v.corrupted_disagreement, kPercentColumn),
          with_interval(v.boundary_shift),
          plain(v.severity),
          plain(v.regression),
          plain(v.queries_boundary),
          milliseconds(v.queries_boundary, v.seconds_boundary),
          plain(v.queries_dflare),
          milliseconds(v.queries_dflare, v.seconds_dflare)};
}

void add_rows(Page& page, std::vector<Row> rows) {
  const Table table{.rows = std::move(rows), .headings = std::size(kHeadings), .named_by = 2, .words = {1}};
  for (const TableLine& line : lines_of(table, page.style().columns)) {
    page.say("{}\n", line.heading ? page.styled(Style::kBold, line.text) : line.text);
  }
}

bool shares_rank(const Ranking& ranking, std::size_t variant) {
  const int rank = ranking.variants[variant].rank;
  return rank != 0 && std::ranges::count(ranking.variants, rank, &VariantMeasures::rank) > 1;
}

std::string order_line(const Ranking& ranking) {
  if (ranking.measure.empty()) return "Stopped before anything that an order could go by was measured.";
  const std::string by =
      ranking.measure == "boundary_shift"
          ? fmt::format("boundary shift, {} points from {} inputs", grouped(ranking.boundary_points),
                        grouped(ranking.boundary_inputs))
          : fmt::format("disagreement under corruption{}",
                        ranking.oracle == "top1"
                            ? ": too few inputs reach the original's boundary"
                            : fmt::format(", by --oracle {} (a boundary shift is about labels)", ranking.oracle));
  const bool shared = std::ranges::any_of(ranking.order, [&](std::size_t v) { return shares_rank(ranking, v); });
  return fmt::format("Order, most alike first: by {}.{}", by,
                     shared ? " Those with the same rank (=) cannot be told apart." : "");
}

void add_notes(Page& page, const RankReport& report) {
  const Ranking& ranking = report.ranking;
  page.say("\n  {}\n", order_line(ranking));
  page.say("  Of {} inputs asked as they are, {} are seeds; severity (after {} queries) and searches: {} of them{}.\n",
           grouped(ranking.inputs), grouped(ranking.seeds), report.refine_queries, grouped(ranking.searched),
           ranking.end == SearchEnd::kTimeLimit ? ", as time allowed" : "");
  const auto looked = std::ranges::find_if(ranking.variants, [](const auto& v) { return v.regression.has_value(); });
  if (looked != ranking.variants.end()) {
    page.say("  Natural regression: the median severity that everyday changes reach in {} queries, from {} of them.\n",
             report.regression_queries, grouped(looked->regression->of));
  }
  page.say("  In brackets: 95 % intervals. docs/ranking.md explains the columns.\n");
}

}  // namespace

std::string text_of(const RankReport& report, const TextStyle& style) {
  const Ranking& ranking = report.ranking;
  std::vector<Row> rows(std::begin(kHeadings), std::end(kHeadings));
  VariantMeasures of_original;
  of_original.accuracy = ranking.accuracy_original;
  rows.push_back(cells(of_original, report.original, false));
  rows.back().front() = "";
  for (const std::size_t v : ranking.order) {
    rows.push_back(cells(ranking.variants[v], report.variants[v], shares_rank(ranking, v)));
  }
  Page page(style);
  page.say("\n");
  add_rows(page, std::move(rows));
  add_notes(page, report);
  return page.text();
}

}  // namespace dflare
