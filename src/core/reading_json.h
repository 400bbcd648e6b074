// How a model's outputs are read, as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "dflare/answers.h"

namespace dflare {

// {kind ("logits" or "probs"), step, skip_classes}
nlohmann::ordered_json json_of(const OutputReading& reading);
// Throws what nlohmann throws for a key missing or of another kind, std::invalid_argument for an unknown kind.
OutputReading reading_of(const nlohmann::ordered_json& json);

}  // namespace dflare
