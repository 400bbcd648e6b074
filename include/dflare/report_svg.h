// Pictures of reports.
#pragma once

#include <string>

#include "dflare/guard_report.h"

namespace dflare {

// The trade of the guard, beside that of the margin: share deferred against share of deviations caught. An SVG of its
// own, no scripts, no fonts. The dot: where the chosen threshold stands.
std::string trade_svg(const GuardReport& report);

}  // namespace dflare
