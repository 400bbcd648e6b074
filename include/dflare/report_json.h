// Reports as JSON documents, each with an end of line. Names that are not UTF-8 have such bytes written as \xNN.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/compare.h"
#include "dflare/gate_report.h"
#include "dflare/guard_report.h"
#include "dflare/inspection.h"
#include "dflare/profile_report.h"
#include "dflare/rank_report.h"
#include "dflare/repair_report.h"

namespace dflare {

// Of what a report tells, and what was written with it.
struct ReportOrigin {
  std::filesystem::path run;       // made absolute in the report
  std::string models;              // JSON: the models as the run recorded them
  std::vector<std::string> files;  // names, in the report's folder
};

std::string to_json(const Inspection& inspection);
// docs/ranking.md describes it.
std::string to_json(const RankReport& report);
// docs/profile.md describes it.
std::string to_json(const ProfileReport& report);
// docs/check.md describes both.
std::string to_json(const CompareReport& report);
std::string to_json(const GateReport& report);
// docs/guard.md describes it; it begins with the keys of the guard's rule (guard_json.h).
std::string to_json(const GuardReport& report, const ReportOrigin& origin, int indent = 2);
// docs/repair.md describes it.
std::string to_json(const RepairReport& report, const ReportOrigin& origin);

}  // namespace dflare
