// What ships of a guard or a repair: its report and the files beside it, in a folder of their own.
#pragma once

#include <filesystem>
#include <string>

#include "dflare/answers.h"
#include "dflare/guard_report.h"
#include "dflare/model.h"
#include "dflare/repair_report.h"
#include "dflare/report_json.h"

namespace dflare {

// The compressed model of a run, which the files go with.
struct ReportedModel {
  std::filesystem::path run;   // its folder
  std::string models;          // JSON: the models as the run recorded them
  std::filesystem::path file;  // of the compressed one
  const ModelInfo* info = nullptr;
  OutputReading reading;
};

// Before the work: makes the folder. Throws kCannotWrite where that cannot be written, kBadArgument where files of
// these names are there that no earlier guard or repair wrote.
void claim_guard_folder(const std::filesystem::path& folder);
void claim_repair_folder(const std::filesystem::path& folder);

// Writes guard.json, guard.svg, guard.onnx (the guard alone) and, for a model that is ONNX, guarded.onnx (both in one).
// A host that cannot be added to costs a note in the report, not the guard. Returns what guard.json says of itself.
// Throws kCannotWrite.
ReportOrigin write_guard(GuardReport& report, const ReportedModel& model, const std::filesystem::path& folder);

// Writes repair.json and, where the report says that the head is exported, head.json, head.onnx (the head alone) and,
// for a model that is ONNX, repaired.onnx (both in one). What an earlier repair left there goes. The rest as above.
ReportOrigin write_repair(RepairReport& report, const ReportedModel& model, const std::filesystem::path& folder);

}  // namespace dflare
