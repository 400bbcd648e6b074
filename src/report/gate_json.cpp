// A check or a replay as JSON.
#include <nlohmann/json.hpp>

#include "core/estimate_json.h"
#include "core/json_text.h"
#include "dflare/report_json.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

Json limit_json(const LimitResult& limit) {
  return {{"name", limit.name},
          {"limit", limit.limit},
          {"at_least", limit.at_least},
          {"measured", json_of(limit.measured)},
          {"verdict", std::string(to_string(limit.verdict))},
          {"further_inputs", limit.further ? Json(*limit.further) : Json(nullptr)},
          {"why", limit.why}};
}

Json replay_json(const Replay& replay) {
  Json list = Json::array();
  for (const ReplayedFinding& finding : replay.findings) {
    list.push_back({{"name", finding.name},
                    {"source", finding.source},
                    {"outcome", std::string(to_string(finding.outcome))},
                    {"seed_label", finding.seed_label},
                    {"was", {finding.was_original, finding.was_compressed}},
                    {"is", {finding.original, finding.compressed}}});
  }
  return {{"still_deviating", replay.count(ReplayOutcome::kStillDeviates)},
          {"fixed", replay.count(ReplayOutcome::kFixed)},
          {"gone", replay.count(ReplayOutcome::kGone)},
          {"flaky", replay.count(ReplayOutcome::kFlaky)},
          {"not_asked", replay.count(ReplayOutcome::kNotAsked)},
          {"findings", list}};
}

}  // namespace

std::string to_json(const GateReport& report) {
  Json limits = Json::array();
  for (const LimitResult& limit : report.limits) limits.push_back(limit_json(limit));
  const bool asked = !report.limits.empty();
  const Json json = {{"verb", report.verb},
                     {"verdict", asked ? Json(std::string(to_string(report.verdict()))) : Json(nullptr)},
                     {"ends_as", asked ? Json(std::string(to_string(report.ends_as()))) : Json(nullptr)},
                     {"complete", report.end == SearchEnd::kComplete},
                     {"original", report.original},
                     {"compressed", report.compressed},
                     {"seeds", report.seeds},
                     {"corpus", report.corpus},
                     {"inputs", report.inputs},
                     {"unreadable", report.unreadable},
                     {"searched", report.searched},
                     {"limits", limits},
                     {"replay", report.replay ? replay_json(*report.replay) : Json(nullptr)},
                     {"notes", report.notes}};
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
