// A profile as a heat map.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/figures.h"
#include "dflare/report_svg.h"

namespace dflare {
namespace {

constexpr double kLeft = 140, kTop = 50, kCellWidth = 64, kCellHeight = 26;
constexpr double kWidth = kLeft + 6 * kCellWidth + 30;

// White to red by the square root, so that small shares can be told apart.
std::string colour(double share, double most) {
  const double t = most > 0 ? std::sqrt(share / most) : 0;
  const auto mix = [t](int full) { return static_cast<int>(std::lround(255 + t * (full - 255))); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0xd1), mix(0x49), mix(0x5b));
}

std::string cell(const std::optional<FieldFigures>& figures, double x, double y, double most) {
  const std::string fill = figures ? colour(figures->disagreement.value, most) : "#f2f2f2";
  const std::string text = figures ? figure_text(figures->disagreement.value, {.scale = 100}) : "-";
  return fmt::format(
      "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{}\" height=\"{}\" fill=\"{}\" stroke=\"#fff\"/>\n"
      "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>\n",
      x, y, kCellWidth, kCellHeight, fill, x + kCellWidth / 2, y + 17, text);
}

double most_of(const Profile& profile) {
  double most = 0;
  for (const KindProfile& kind : profile.kinds) {
    for (const auto& figures : kind.severities) {
      if (figures) most = std::max(most, figures->disagreement.value);
    }
  }
  return most;
}

std::string headings() {
  std::string svg = fmt::format("<text x=\"10\" y=\"20\">images on which the models differ, %, by severity</text>\n");
  for (int column = 0; column < kProfileSeverities + 1; ++column) {
    svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>\n",
                       kLeft + (column + 0.5) * kCellWidth, kTop - 8,
                       column < kProfileSeverities ? std::to_string(column + 1) : "all");
  }
  return svg;
}

}  // namespace

std::string heat_map_svg(const ProfileReport& report) {
  const Profile& profile = report.profile;
  const double most = most_of(profile);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      kWidth, kTop + kCellHeight * static_cast<double>(profile.order.size()) + 20);
  svg += headings();
  double y = kTop;
  for (const std::size_t k : profile.order) {
    const KindProfile& kind = profile.kinds[k];
    svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n", kLeft - 8, y + 17, kind.name);
    double x = kLeft;
    for (const auto& figures : kind.severities) {
      svg += cell(figures, x, y, most);
      x += kCellWidth;
    }
    svg += cell(kind.all, x, y, most);
    y += kCellHeight;
  }
  return svg + "</svg>\n";
}

}  // namespace dflare
