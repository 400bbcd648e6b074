// What inspect tells of models, as text.
#pragma once

#include <nlohmann/json.hpp>

#include "dflare/audit.h"

namespace dflare::cli {

// The report that `inspect --json` prints, for a person, to standard output.
void print_inspection(const nlohmann::ordered_json& report);

// An audit as JSON: the table, what fits each model, and `use`: the options to give.
nlohmann::ordered_json audit_json(const Audit& audit, const std::vector<AuditedModel>& models);

}  // namespace dflare::cli
