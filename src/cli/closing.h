// The closing table: what a run found, for a person.
#pragma once

#include <string>
#include <vector>

#include "dflare/run_summary.h"

namespace dflare::cli {

// To standard output.
void print_closing_table(const FindingStore& store, const RunSummary& summary);

// Class names by index, of a file with one a line; none where there is no file.
std::vector<std::string> class_names(const std::string& file);

}  // namespace dflare::cli
