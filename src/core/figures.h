// Numbers as reports print them: enough digits, and no more than the sample supports.
#pragma once

#include <cstdint>
#include <string>

#include "dflare/statistics.h"

namespace dflare {

// "12 345"
std::string grouped(std::int64_t number);

// How a figure is printed.
struct FigureStyle {
  double scale = 1;
  const char* unit = "";
  bool sign = false;  // "+" before what is above 0
};
inline constexpr FigureStyle kPlain{};
inline constexpr FigureStyle kPercent{100, " %", false};
inline constexpr FigureStyle kPoints{100, " points", true};

// Three digits that tell, whatever the size: "0", "0.000340", "5.70 %", "97.8 %", "12 345".
std::string figure_text(double value, const FigureStyle& style = kPlain);

// "97.8 % (94.4 to 99.1)": as many decimals as the interval's width tells apart, and so many that a value which is not
// 0 does not look like it. Without brackets where the interval has no width (see mean_estimate); "-" of nothing.
std::string estimate_text(const Estimate& estimate, const FigureStyle& style = kPlain);

// A sound's Distance::linf and l2: "a signal-to-noise ratio of 23.1 dB, largest change 812 of 32768".
std::string sound_distance_text(double linf, double l2);

}  // namespace dflare
