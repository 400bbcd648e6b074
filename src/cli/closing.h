// The closing table: what a run found, for a person.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dflare/store.h"

namespace dflare::cli {

// To standard output.
void print_closing_table(const FindingStore& store, const nlohmann::ordered_json& summary);

// Class names by index, of a file with one a line; none where there is no file.
std::vector<std::string> class_names(const std::string& file);

// "both prefer their answer 4 to 1", for a severity in natural log units.
std::string severity_in_words(double severity);

}  // namespace dflare::cli
