// How a model's outputs are read, as JSON.
#include "core/reading_json.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace dflare {

nlohmann::ordered_json json_of(const OutputReading& reading) {
  nlohmann::ordered_json json = {{"kind", reading.kind == OutputKind::kLogits ? "logits" : "probs"},
                                 {"step", reading.step},
                                 {"skip_classes", reading.skip_classes}};
  if (reading.threshold) json["threshold"] = *reading.threshold;
  return json;
}

OutputReading reading_of(const nlohmann::ordered_json& json) {
  const auto kind = json.at("kind").get<std::string>();
  if (kind != "logits" && kind != "probs") {
    throw std::invalid_argument(fmt::format("unknown kind '{}', expected logits or probs", kind));
  }
  OutputReading reading{kind == "logits" ? OutputKind::kLogits : OutputKind::kProbabilities,
                        json.at("step").get<float>(), json.at("skip_classes").get<int>()};
  if (json.contains("threshold")) reading.threshold = json.at("threshold").get<float>();
  return reading;
}

}  // namespace dflare
