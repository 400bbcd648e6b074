// An audit in words.
#pragma once

#include <string>
#include <vector>

#include "dflare/audit.h"

namespace dflare {

// What the table says, in sentences.
std::vector<std::string> findings_of(const Audit& audit);

// What to type, from what fits the models: "--preprocess 'unit'".
std::string options_to_use(const Audit& audit);

}  // namespace dflare
