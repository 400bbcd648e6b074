// What inspect tells of models, as JSON.
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/shape_text.h"
#include "dflare/report_json.h"
#include "report/audit_words.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

Json answers_json(const InspectedAnswers& answers, std::size_t inputs) {
  return {{"inputs", inputs},
          {"labelled", answers.right.whole},
          {"reading", answers.reading.kind == OutputKind::kLogits ? "logits" : "probs"},
          {"step", answers.reading.step},
          {"ties", answers.ties},
          {"accuracy", answers.right.whole == 0 ? Json(nullptr) : Json(answers.right.value())}};
}

Json model_json(const ModelInfo& info) {
  return {{"model", info.path},
          {"runtime", info.runtime},
          {"input",
           {{"name", info.input_name},
            {"type", info.input_type},
            {"kind", to_text(info.kind)},
            {"shape", {info.shape.height, info.shape.width, info.shape.channels}},
            {"layout", info.layout == Layout::kNchw ? "nchw" : "nhwc"},
            {"scale", info.input_scale},
            {"zero_point", info.input_zero_point},
            {"levels", {{"distinct", info.levels.distinct}, {"clipped", info.levels.clipped}}}}},
          {"output",
           {{"name", info.output_name},
            {"type", info.output_type},
            {"classes", info.classes},
            {"scale", info.output_scale},
            {"zero_point", info.output_zero_point}}},
          {"batch", info.fixed_batch == 0 ? Json("any") : Json(info.fixed_batch)},
          {"row_by_row", info.row_by_row}};
}

// The table, what fits each model, and the options to give.
Json audit_json(const Audit& audit) {
  Json rows = Json::array();
  for (const FeedingRow& row : audit.rows) {
    Json of_models = Json::array();
    for (const Feeding& feeding : row.models) {
      const Interval interval = feeding.right.interval();
      of_models.push_back({{"accuracy", feeding.right.value()},
                           {"interval", {interval.low, interval.high}},
                           {"log_p", feeding.log_p},
                           {"levels", feeding.levels.distinct},
                           {"fits_best", feeding.fits_best}});
    }
    rows.push_back({{"preprocess", short_name(row.preprocess)},
                    {"spelled", to_string(row.preprocess)},
                    {"models", of_models},
                    {"agreement", row.agreement}});
  }
  return {{"asked", audit.asked},
          {"rows", rows},
          {"label_shift", audit.label_shift},
          {"different", audit.want_different()},
          {"findings", findings_of(audit)},
          {"use", options_to_use(audit)}};
}

}  // namespace

std::string to_json(const Inspection& inspection) {
  Json json = {{"models", Json::array()}};
  for (const InspectedModel& model : inspection.models) {
    json["models"].push_back(model_json(model.info));
    if (model.answers) json["models"].back()["answers"] = answers_json(*model.answers, inspection.inputs);
  }
  if (inspection.inputs > 0) json["inputs"] = inspection.inputs;
  if (inspection.agreement) json["agreement"] = *inspection.agreement;
  if (inspection.oracle != "top1") json["oracle"] = inspection.oracle;
  if (inspection.audit) json["audit"] = audit_json(*inspection.audit);
  json["notes"] = inspection.notes;
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
