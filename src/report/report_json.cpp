// What was found out about guards and repairs, as JSON.
#include "dflare/report_json.h"

#include <nlohmann/json.hpp>

#include "core/estimate_json.h"
#include "core/json_text.h"
#include "dflare/guard_json.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRepairSchemaVersion = 1;

Json share_json(const ImageShare& share) {
  Json json = json_of(share.estimate());
  json["share"] = share.value();
  json["part"] = share.part;
  return json;
}

std::string whole_path(const std::filesystem::path& run) {
  return std::filesystem::absolute(run).lexically_normal().string();
}

Json curve_json(const std::vector<TradePoint>& curve) {
  Json points = Json::array();
  for (const TradePoint& point : curve) points.push_back({point.threshold, point.deferred, point.caught});
  return points;
}

Json figures_json(const GuardFigures& f) {
  return {{"images", f.images},
          {"deviations", f.deviations},
          {"deviations_clean", f.deviations_clean},
          {"auc", f.auc},
          {"caught", share_json(f.caught)},
          {"deferred", f.deferred},
          {"deferred_clean", share_json(f.deferred_clean)},
          {"deferred_corrupted", share_json(f.deferred_corrupted)},
          {"differ_clean", share_json(f.differ_clean)},
          {"differ_corrupted", share_json(f.differ_corrupted)},
          {"differ_undeferred_clean", share_json(f.left_clean)},
          {"differ_undeferred_corrupted", share_json(f.left_corrupted)},
          {"deferred_at_90_caught", f.deferred_at_90},
          {"curve", curve_json(f.curve)}};
}

Json code_json(const GuardCode& code) {
  Json json = {{"python", code.python}, {"c++", code.cpp}};
  if (!code.python_dequantise.empty()) {
    json["dequantise"] = {{"python", code.python_dequantise}, {"c++", code.cpp_dequantise}};
  }
  return json;
}

Json counts_json(const RepairCounts& counts) {
  return {{"deviations", counts.deviations},
          {"repaired", counts.repaired},
          {"seeds", counts.seeds},
          {"induced", counts.induced},
          {"repair_ratio", repair_ratio(counts)},
          {"inducing_ratio", inducing_ratio(counts)},
          {"improvement_ratio", improvement_ratio(counts)}};
}

// With the interval's ends as keys of their own, too.
Json change_json(const Estimate& e) {
  Json json = json_of(e);
  json["low"] = e.interval.low;
  json["high"] = e.interval.high;
  return json;
}

Json effect_json(const NaturalEffect& e) {
  Json accuracy = nullptr;
  if (e.labelled > 0) {
    accuracy = {{"images", e.labelled},
                {"original", e.accuracy_original},
                {"before", e.accuracy_before},
                {"after", e.accuracy_after}};
  }
  return {{"inputs", e.inputs},
          {"images", e.images},
          {"differ_before", e.differ_before},
          {"differ_after", e.differ_after},
          {"disagreement_before", change_json(e.before)},
          {"disagreement_after", change_json(e.after)},
          {"change", change_json(e.change)},
          {"accuracy", accuracy}};
}

}  // namespace

std::string to_json(const GuardReport& report, const ReportOrigin& origin, int indent) {
  const GuardFit& fit = report.fit;
  Json json = Json::parse(to_json(GuardRule{fit.guard, report.reading}));
  json["rule"] = "defer where score < threshold, or the answer is not finite";
  json["threshold_from"] = fit.threshold_from;
  json["goal"] = report.goal.defer ? Json{{"defer", *report.goal.defer}} : Json{{"catch", report.goal.catch_share}};
  json["code"] = code_json(report.code);
  json["complete"] = report.complete;
  json["corrupted_per_input"] = report.corrupted_per_input;
  json["learnt_from"] = {{"inputs", report.learn_inputs},
                         {"images", fit.images},
                         {"deviations", fit.natural_deviations},
                         {"findings", fit.findings},
                         {"caught", fit.promised_catch},
                         {"deferred", fit.promised_defer},
                         {"pair_margin", {{"auc_gain", fit.pair_gain}, {"standard_errors", fit.pair_gain_sigmas}}},
                         {"share_at_threshold", fit.coarseness},
                         {"labels_never_seen", report.labels_never_seen}};
  json["held_out"] = figures_json(report.figures);
  json["held_out"]["inputs"] = report.held_out_inputs;
  json["held_out"]["from"] = report.held_out_from;
  json["held_out"]["promise"] = to_string(report.promise);
  json["margin_instead"] = {{"threshold", report.margin_fit.guard.threshold},
                            {"held_out", figures_json(report.margin_figures)}};
  json["notes"] = report.notes;
  json["models"] = Json::parse(origin.models);
  json["run"] = whole_path(origin.run);
  json["files"] = origin.files;
  return json_text(json, indent) + "\n";
}

std::string to_json(const RepairReport& report, const ReportOrigin& origin) {
  Json repeats = Json::array();
  for (const CrossValidation& repeat : report.outcome.repeats) repeats.push_back(counts_json(repeat.counts));
  const RepairRatios mean = mean_ratios(report.outcome.repeats);
  const auto effect = [&](const NaturalEffect& e) { return report.outcome.judged ? effect_json(e) : Json(nullptr); };
  Json json = {
      {"schema_version", kRepairSchemaVersion},
      {"method", report.settings.method},
      {"complete", report.complete},
      {"learnt_from", {{"seeds", report.seeds}, {"findings", report.findings}, {"natural", report.natural}}},
      {"classes_never_seen", report.classes_never_seen},
      {"changes_nothing", report.outcome.head.layers.empty()},
      {"paper",
       {{"folds", kRepairFolds},
        {"repeats", repeats},
        {"mean",
         {{"repair_ratio", mean.repair}, {"inducing_ratio", mean.inducing}, {"improvement_ratio", mean.improvement}}}}},
      {"natural",
       {{"held_out", to_string(report.held_out)},
        {"clean", effect(report.outcome.clean)},
        {"corrupted", effect(report.outcome.corrupted)}}},
      {"verdict", to_string(report.outcome.verdict())},
      {"raises", report.outcome.raises()},
      {"rng_seed", report.settings.rng_seed},
      {"run", whole_path(origin.run)},
      {"models", Json::parse(origin.models)},
      {"exported", report.exported},
      {"files", origin.files}};
  if (!report.notes.empty()) json["notes"] = report.notes;
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
