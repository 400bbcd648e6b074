// What a pair's answers count up to, as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "dflare/pair_figures.h"

namespace dflare {

// Every count by its name.
nlohmann::ordered_json json_of(const PairFigures& figures);
// The reverse; counts that are not there are 0.
PairFigures pair_figures_of(const nlohmann::ordered_json& json);

}  // namespace dflare
