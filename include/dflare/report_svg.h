// Pictures of reports.
#pragma once

#include <string>

#include "dflare/guard_report.h"
#include "dflare/profile_report.h"

namespace dflare {

// The trade of the guard, beside that of the margin: share deferred against share of deviations caught. An SVG of its
// own, no scripts, no fonts. The dot: where the chosen threshold stands.
std::string trade_svg(const GuardReport& report);

// Disagreement of every kind of corruption (rows, the most damaging first) at every severity (columns). The same kind
// of SVG.
std::string heat_map_svg(const ProfileReport& report);

}  // namespace dflare
