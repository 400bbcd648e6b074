// What a repair is worth, in words.
#pragma once

#include <cstdio>
#include <string>

#include "dflare/repair_report.h"

namespace dflare::cli {

// To standard output.
void print_repair(const RepairReport& report);

// "the repair raises the disagreement on natural images", in the colours of `stream`.
std::string verdict_in_words(const RepairOutcome& outcome, std::FILE* stream);

}  // namespace dflare::cli
