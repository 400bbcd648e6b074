// What `dflare guard` found out, in words.
#pragma once

#include <string>
#include <vector>

#include "dflare/guard_report.h"

namespace dflare::cli {

// To standard output, with these notes.
void print_guard_report(const GuardReport& report, const std::vector<std::string>& notes);

}  // namespace dflare::cli
