// Numbers as reports print them.
#include "core/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace dflare {
namespace {

constexpr int kMostDecimals = 9;
constexpr double kStepsInInterval = 30;  // of the last decimal, at least

// The decimal exponent of the value once it is rounded to so many digits: 0 for 9.99, 1 for 9.999 (three digits: 10.0).
int exponent_of(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, digits - 1);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

// Decimals that show so many digits of a value that is not 0.
int decimals_for(double value, int digits) {
  return value == 0 ? 0 : std::clamp(digits - 1 - exponent_of(value, digits), 0, kMostDecimals);
}

std::string fixed(double value, int decimals, const FigureStyle& style) {
  const bool whole = value == 0 || (style.scale == 100 && value == 100);  // none and all are exact
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const int shown = whole ? 0 : decimals;
  std::string text = shown == 0 ? grouped(std::llround(value)) : fmt::format("{:.{}f}", value, shown);
  if (style.sign && value > 0) text.insert(0, "+");
  return text;
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<std::size_t>(at), " ");
  }
  return digits;
}

std::string figure_text(double value, const FigureStyle& style) {
  const double scaled = style.scale * value;
  return fixed(scaled, decimals_for(scaled, 3), style) + style.unit;
}

std::string estimate_text(const Estimate& estimate, const FigureStyle& style) {
  if (estimate.of == 0) return "-";
  const double value = style.scale * estimate.value;
  const double low = style.scale * estimate.interval.low;
  const double high = style.scale * estimate.interval.high;
  if (!(high > low)) return figure_text(estimate.value, style);
  const int of_width = static_cast<int>(std::ceil(std::log10(kStepsInInterval / (high - low))));
  const int decimals = std::clamp(std::max(of_width, decimals_for(value, 1)), 0, kMostDecimals);
  return fmt::format("{}{} ({} to {})", fixed(value, decimals, style), style.unit, fixed(low, decimals, style),
                     fixed(high, decimals, style));
}

std::string sound_distance_text(double linf, double l2) {
  if (!(l2 > 0)) return "no change";
  return fmt::format("a signal-to-noise ratio of {:.1f} dB, largest change {:.0f} of 32768", -20 * std::log10(l2),
                     linf);
}

}  // namespace dflare
