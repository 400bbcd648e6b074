// The rows of the table of options, by what they are about. flag_table() joins them.
#pragma once

#include <initializer_list>
#include <vector>

#include "dflare/options.h"

namespace dflare {

// Verbs that take the same options.
constexpr unsigned kRuns = kSearch | kResume;
constexpr unsigned kGates = kProfile | kCheck;  // ask a pair about the field
constexpr unsigned kModels = kSearch | kInspect | kGates;

// Headings in the help. Rows of one group stand together there, whichever file they are from.
inline const char* const kInputGroup = "Inputs";
inline const char* const kModelGroup = "Models";
inline const char* const kSearchGroup = "Search";
inline const char* const kBudgetGroup = "Budgets";
inline const char* const kSpeedGroup = "Speed";
inline const char* const kOutputGroup = "Output";

std::vector<Flag> argument_flags();
std::vector<Flag> input_flags();
std::vector<Flag> model_flags();
std::vector<Flag> search_flags();
std::vector<Flag> rank_flags();
std::vector<Flag> repair_flags();
std::vector<Flag> guard_flags();
std::vector<Flag> gate_flags();
std::vector<Flag> corpus_flags();
std::vector<Flag> budget_flags();
std::vector<Flag> speed_flags();
std::vector<Flag> output_flags();

std::vector<Flag> joined(std::initializer_list<std::vector<Flag>> parts);

}  // namespace dflare
