// What a run found, for a person: its summary and the findings that tell most.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/finding.h"
#include "dflare/run_summary.h"
#include "dflare/store.h"

namespace dflare {

struct ShownFinding {
  Finding finding;     // without its png
  std::string source;  // of its seed
};

struct RunReport {
  RunSummary summary;
  std::filesystem::path folder;
  std::vector<std::string> classes;  // names by index; those beyond its end have none
  int label_shift = 0;               // the label that the first is of
  std::vector<ShownFinding> best;    // the most decisive five, by falling severity
};

// `summary`: of that store.
RunReport run_report(const FindingStore& store, const RunSummary& summary);

// Class names by index, of a file with one a line; none where there is no file.
std::vector<std::string> class_names(const std::string& file);
// The name of a model's label; its number where it has none. The first name is of label `shift` (--label-offset).
std::string class_name(const std::vector<std::string>& names, int label, int shift = 0);

}  // namespace dflare
