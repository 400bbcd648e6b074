// What a ranking found, for a program and for a person.
#include "cli/rank_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/table.h"
#include "cli/terminal.h"
#include "core/estimate_json.h"
#include "core/figures.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

Json variant_json(const VariantMeasures& v, const RankedFile& file) {
  const bool searched = v.queries_boundary.has_value();
  const auto if_searched = [searched](double value) { return searched ? Json(value) : Json(nullptr); };
  return {{"model", file.path},
          {"rank", v.rank == 0 ? Json(nullptr) : Json(v.rank)},
          {"boundary_shift", json_of(v.boundary_shift)},
          {"disagreement", json_of(v.disagreement)},
          {"corrupted_disagreement", json_of(v.corrupted_disagreement)},
          {"severity", json_of(v.severity)},
          {"queries_boundary", json_of(v.queries_boundary)},
          {"queries_dflare", json_of(v.queries_dflare)},
          {"seconds_boundary", if_searched(v.seconds_boundary)},
          {"seconds_dflare", if_searched(v.seconds_dflare)},
          {"found_boundary", if_searched(v.found_boundary)},
          {"found_dflare", if_searched(v.found_dflare)},
          {"accuracy", json_of(v.accuracy)},
          {"bytes", file.bytes}};
}

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
    {"rank", "variant", "size", "right", "differ as", "differ under", "boundary", "severity", "boundary", "", "dflare",
     ""},
    {"", "", "", "%", "they are %", "corruption %", "shift", "", "queries", "ms", "queries", "ms"}};

Row cells(const VariantMeasures& v, const RankedFile& file, bool shared) {
  return {v.rank == 0 ? kNothing : fmt::format("{}{}", v.rank, shared ? "=" : ""),
          std::filesystem::path(file.path).filename().string(),
          size_text(file.bytes),
          plain(v.accuracy, kPercentColumn),
          plain(v.disagreement, kPercentColumn),
          with_interval(v.corrupted_disagreement, kPercentColumn),
          with_interval(v.boundary_shift),
          plain(v.severity),
          plain(v.queries_boundary),
          milliseconds(v.queries_boundary, v.seconds_boundary),
          plain(v.queries_dflare),
          milliseconds(v.queries_dflare, v.seconds_dflare)};
}

void print_rows(std::vector<Row> rows) {
  const Table table{.rows = std::move(rows), .headings = std::size(kHeadings), .named_by = 2, .words = {1}};
  for (const TableLine& line : lines_of(table, table_width(stdout))) {
    say("{}\n", line.heading ? styled(stdout, Style::kBold, line.text) : line.text);
  }
}

bool shares_rank(const Ranking& ranking, std::size_t variant) {
  const int rank = ranking.variants[variant].rank;
  return rank != 0 && std::ranges::count(ranking.variants, rank, &VariantMeasures::rank) > 1;
}

std::string order_line(const Ranking& ranking) {
  if (ranking.measure.empty()) return "Stopped before anything that an order could go by was measured.";
  const std::string by = ranking.measure == "boundary_shift"
                             ? fmt::format("boundary shift, {} points from {} inputs", grouped(ranking.boundary_points),
                                           grouped(ranking.boundary_inputs))
                             : "disagreement under corruption: too few inputs reach the original's boundary";
  const bool shared = std::ranges::any_of(ranking.order, [&](std::size_t v) { return shares_rank(ranking, v); });
  return fmt::format("Order, most alike first: by {}.{}", by,
                     shared ? " Those with the same rank (=) cannot be told apart." : "");
}

void print_notes(const Ranking& ranking, std::int64_t refine_queries) {
  say("\n  {}\n", order_line(ranking));
  say("  Of {} inputs asked as they are, {} are seeds; severity (after {} queries) and searches: {} of them{}.\n",
      grouped(ranking.inputs), grouped(ranking.seeds), refine_queries, grouped(ranking.searched),
      ranking.end == SearchEnd::kTimeLimit ? ", as time allowed" : "");
  say("  In brackets: 95 % intervals. docs/ranking.md explains the columns.\n");
}

}  // namespace

Json ranking_json(const Ranking& ranking, const RankedFile& original, const std::vector<RankedFile>& variants) {
  Json list = Json::array();
  for (const std::size_t v : ranking.order) list.push_back(variant_json(ranking.variants[v], variants[v]));
  return {{"original", original.path},
          {"measure", ranking.measure.empty() ? Json(nullptr) : Json(ranking.measure)},
          {"complete", ranking.end == SearchEnd::kComplete},
          {"inputs", ranking.inputs},
          {"seeds", ranking.seeds},
          {"boundary_inputs", ranking.boundary_inputs},
          {"boundary_points", ranking.boundary_points},
          {"searched", ranking.searched},
          {"accuracy_original", json_of(ranking.accuracy_original)},
          {"bytes_original", original.bytes},
          {"variants", list}};
}

void print_ranking(const Ranking& ranking, const RankedFile& original, const std::vector<RankedFile>& variants,
                   std::int64_t refine_queries) {
  std::vector<Row> rows(std::begin(kHeadings), std::end(kHeadings));
  VariantMeasures of_original;
  of_original.accuracy = ranking.accuracy_original;
  rows.push_back(cells(of_original, original, false));
  rows.back().front() = "";
  for (const std::size_t v : ranking.order) {
    rows.push_back(cells(ranking.variants[v], variants[v], shares_rank(ranking, v)));
  }
  say("\n");
  print_rows(std::move(rows));
  print_notes(ranking, refine_queries);
  flush(stdout);
}

}  // namespace dflare::cli
