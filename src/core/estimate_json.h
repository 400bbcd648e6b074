// Estimates as JSON: one form in every report.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "dflare/statistics.h"

namespace dflare {

// {value, interval: [low, high], of}
nlohmann::ordered_json json_of(const Estimate& estimate);
// The same, or null.
nlohmann::ordered_json json_of(const std::optional<Estimate>& estimate);

}  // namespace dflare
