// Estimates as JSON: one form in every report.
#include "core/estimate_json.h"

namespace dflare {

nlohmann::ordered_json json_of(const Estimate& estimate) {
  return {
      {"value", estimate.value}, {"interval", {estimate.interval.low, estimate.interval.high}}, {"of", estimate.of}};
}

nlohmann::ordered_json json_of(const std::optional<Estimate>& estimate) {
  return estimate ? json_of(*estimate) : nlohmann::ordered_json(nullptr);
}

}  // namespace dflare
