// What was found out about guards and repairs, as JSON: guard.json and repair.json but for the run and its files, which
// whoever writes them adds.
#pragma once

#include <string>

#include "dflare/guard_report.h"
#include "dflare/repair_report.h"

namespace dflare {

// docs/guard.md describes it; it begins with the keys of the guard's rule (guard_json.h).
std::string to_json(const GuardReport& report);
// docs/repair.md describes it.
std::string to_json(const RepairReport& report);

}  // namespace dflare
