// What a model makes of the label that the other one gives.
#pragma once

#include <utility>

#include "dflare/run_page.h"

namespace dflare {

// Of the original, then of the compressed model. Only where labels were compared.
std::pair<OtherLabel, OtherLabel> other_labels(const Finding& finding);

}  // namespace dflare
