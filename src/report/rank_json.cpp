// What a ranking found, as JSON.
#include <nlohmann/json.hpp>

#include "core/estimate_json.h"
#include "core/json_text.h"
#include "dflare/report_json.h"

namespace dflare {
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
          {"regression", json_of(v.regression)},
          {"found_regression", v.regression ? Json(v.found_regression) : Json(nullptr)},
          {"queries_boundary", json_of(v.queries_boundary)},
          {"queries_dflare", json_of(v.queries_dflare)},
          {"seconds_boundary", if_searched(v.seconds_boundary)},
          {"seconds_dflare", if_searched(v.seconds_dflare)},
          {"found_boundary", if_searched(v.found_boundary)},
          {"found_dflare", if_searched(v.found_dflare)},
          {"accuracy", json_of(v.accuracy)},
          {"bytes", file.bytes}};
}

}  // namespace

std::string to_json(const RankReport& report) {
  const Ranking& ranking = report.ranking;
  Json list = Json::array();
  for (const std::size_t v : ranking.order) list.push_back(variant_json(ranking.variants[v], report.variants[v]));
  const Json json = {{"original", report.original.path},
                     {"measure", ranking.measure.empty() ? Json(nullptr) : Json(ranking.measure)},
                     {"oracle", ranking.oracle},
                     {"complete", ranking.end == SearchEnd::kComplete},
                     {"inputs", ranking.inputs},
                     {"seeds", ranking.seeds},
                     {"boundary_inputs", ranking.boundary_inputs},
                     {"boundary_points", ranking.boundary_points},
                     {"searched", ranking.searched},
                     {"accuracy_original", json_of(ranking.accuracy_original)},
                     {"bytes_original", report.original.bytes},
                     {"variants", list},
                     {"notes", report.notes}};
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
