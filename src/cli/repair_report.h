// What a repair is worth: as JSON and as a table.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/repair_data.h"

namespace dflare::cli {

// What `dflare repair` found out.
struct RepairOutcome {
  std::vector<CrossValidation> repeats;
  RepairHead head;  // trained on everything
  NaturalEffect clean, corrupted;

  // On clean or corrupted natural images, beyond chance; or on both together, by whatever little.
  [[nodiscard]] bool raises() const;
};

// The document that docs/repair.md describes.
nlohmann::ordered_json repair_json(const PastRun& run, const RepairData& data, const RepairOutcome& outcome);
// To standard output.
void print_repair(const nlohmann::ordered_json& report);

}  // namespace dflare::cli
