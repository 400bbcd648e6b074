// A profile as JSON.
#include <nlohmann/json.hpp>

#include "core/estimate_json.h"
#include "core/json_text.h"
#include "dflare/report_json.h"
#include "dflare/run_report.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

Json figures_json(const std::optional<FieldFigures>& figures) {
  if (!figures) return nullptr;
  return {{"images", figures->images},
          {"differ", figures->differ},
          {"disagreement", json_of(figures->disagreement)},
          {"accuracy_original", json_of(figures->accuracy_original)},
          {"accuracy_compressed", json_of(figures->accuracy_compressed)},
          {"regressions", json_of(figures->regressions)},
          {"gains", json_of(figures->gains)}};
}

Json kinds_json(const Profile& profile) {
  Json list = Json::array();
  for (const std::size_t k : profile.order) {
    const KindProfile& kind = profile.kinds[k];
    Json severities = Json::array();
    for (const auto& figures : kind.severities) severities.push_back(figures_json(figures));
    list.push_back({{"kind", kind.name}, {"all", figures_json(kind.all)}, {"severities", severities}});
  }
  return list;
}

Json labels_json(const ProfileReport& report) {
  Json list = Json::array();
  for (const LabelLoss& loss : report.profile.labels) {
    list.push_back({{"label", loss.label},
                    {"name", class_name(report.classes, loss.label)},
                    {"images", loss.images},
                    {"lost", loss.lost},
                    {"share", json_of(loss.share)}});
  }
  return list;
}

Json pairs_json(const ProfileReport& report) {
  Json list = Json::array();
  for (const LabelPairLoss& loss : report.profile.pairs) {
    list.push_back({{"original", loss.original},
                    {"compressed", loss.compressed},
                    {"names", {class_name(report.classes, loss.original), class_name(report.classes, loss.compressed)}},
                    {"images", loss.images}});
  }
  return list;
}

// What another profile of the same inputs is paired with, input by input.
Json inputs_json(const Profile& profile) {
  Json list = Json::array();
  for (const InputProfile& input : profile.per_input) {
    list.push_back({{"source", input.source},
                    {"sha256", input.sha256},
                    {"original", input.as_it_is.original},
                    {"compressed", input.as_it_is.compressed},
                    {"truth", input.as_it_is.truth},
                    {"corrupted", input.corrupted},
                    {"differ", input.differ}});
  }
  return list;
}

}  // namespace

std::string to_json(const ProfileReport& report) {
  const Profile& profile = report.profile;
  const Json json = {
      {"dflare_profile", 1},
      {"original", report.original},
      {"compressed", report.compressed},
      {"seeds", report.seeds},
      {"complete", profile.end == SearchEnd::kComplete},
      {"rng_seed", report.rng_seed},
      {"inputs", profile.inputs},
      {"unreadable", profile.unreadable},
      {"not_finite", {{"original", profile.not_finite_original}, {"compressed", profile.not_finite_compressed}}},
      {"as_they_are", figures_json(profile.as_they_are)},
      {"corrupted", figures_json(profile.corrupted)},
      {"kinds", kinds_json(profile)},
      {"labels", labels_json(report)},
      {"pairs", pairs_json(report)},
      {"per_input", inputs_json(profile)},
      {"notes", report.notes}};
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
