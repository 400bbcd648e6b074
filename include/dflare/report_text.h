// Reports in words, for the command and every other face. The texts are fit to be read as they are: what came from
// outside (names of files, classes, tensors) has its unprintable characters escaped, and the only escape sequences are
// the colours of the style.
#pragma once

#include <string>

#include "dflare/compare.h"
#include "dflare/finding_report.h"
#include "dflare/gate_report.h"
#include "dflare/guard_report.h"
#include "dflare/inspection.h"
#include "dflare/profile_report.h"
#include "dflare/rank_report.h"
#include "dflare/repair_report.h"
#include "dflare/run_report.h"
#include "dflare/text_style.h"

namespace dflare {

std::string text_of(const RunReport& report, const TextStyle& style);  // the closing table
std::string text_of(const FindingReport& report, const TextStyle& style);
std::string text_of(const Inspection& inspection, const TextStyle& style);
std::string text_of(const RankReport& report, const TextStyle& style);
std::string text_of(const ProfileReport& report, const TextStyle& style);
std::string text_of(const CompareReport& report, const TextStyle& style);
std::string text_of(const GateReport& report, const TextStyle& style);
std::string text_of(const GuardReport& report, const TextStyle& style);
std::string text_of(const RepairReport& report, const TextStyle& style);

// "the repair raises the disagreement on natural images", without an end of line.
std::string verdict_text(const RepairOutcome& outcome, const TextStyle& style);

}  // namespace dflare
