// The trade of a guard as a picture: share deferred against share of deviations caught.
#pragma once

#include <string>
#include <vector>

#include "dflare/guard.h"

namespace dflare::cli {

struct PlottedCurve {
  std::string name;
  std::vector<TradePoint> points;
};

// An SVG of its own, no scripts, no fonts. The dot: where the chosen threshold stands.
std::string trade_svg(const std::vector<PlottedCurve>& curves, double deferred, double caught);

}  // namespace dflare::cli
