// What is commonly mistaken about a model's input.
#pragma once

#include <vector>

#include "dflare/model.h"
#include "dflare/preprocess.h"

namespace dflare {

// The declared preprocessing first, then others of the same geometry and channel order whose pixels have other values.
std::vector<Preprocess> candidate_values(const Preprocess& declared, const std::vector<const ModelInfo*>& models);

// The same values, channels turned around.
Preprocess other_order(Preprocess preprocess);

// The same values for images that are brought to size in other ways, all but its own.
std::vector<Preprocess> candidate_geometries(const Preprocess& preprocess);

}  // namespace dflare
