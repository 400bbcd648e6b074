// The trade of a guard as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "dflare/report_svg.h"

namespace dflare {
namespace {

constexpr double kLeft = 60, kTop = 20, kWidth = 480, kHeight = 300;
constexpr std::array<const char*, 3> kColours = {"#0b6e4f", "#b0b0b0", "#d1495b"};

struct PlottedCurve {
  std::string name;
  std::vector<TradePoint> points;
};

// A round number of percent that holds all of the x axis.
double x_limit(const std::vector<PlottedCurve>& curves, double deferred) {
  double most = deferred;
  for (const PlottedCurve& curve : curves) {
    for (const TradePoint& point : curve.points) most = std::max(most, point.deferred);
  }
  for (const double limit : {0.01, 0.02, 0.05, 0.1, 0.2, 0.5}) {
    if (most <= limit) return limit;
  }
  return 1;
}

struct Axes {
  double limit;
  [[nodiscard]] double x(double deferred) const { return kLeft + kWidth * deferred / limit; }
  [[nodiscard]] static double y(double caught) { return kTop + kHeight * (1 - caught); }
};

std::string grid(const Axes& axes) {
  std::string svg;
  for (int i = 0; i <= 5; ++i) {
    const double share = i / 5.0;
    const double x = axes.x(share * axes.limit);
    const double y = Axes::y(share);
    svg += fmt::format("<path d=\"M{0:.1f} {1}V{2}M{3} {4:.1f}H{5}\" stroke=\"#e5e5e5\"/>\n", x, kTop, kTop + kHeight,
                       kLeft, y, kLeft + kWidth);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:g} %</text>\n", x, kTop + kHeight + 18,
                       100 * share * axes.limit);
    svg +=
        fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:g} %</text>\n", kLeft - 6, y + 4, 100 * share);
  }
  return svg;
}

// A staircase: what is deferred pays when the next deviation is reached.
std::string staircase(const PlottedCurve& curve, const Axes& axes, const char* colour) {
  std::string path = fmt::format("M{:.1f} {:.1f}", axes.x(0), Axes::y(0));
  for (const TradePoint& point : curve.points) {
    path += fmt::format("H{:.1f}V{:.1f}", axes.x(point.deferred), Axes::y(point.caught));
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path, colour);
}

std::string plotted(const std::vector<PlottedCurve>& curves, double deferred, double caught) {
  const Axes axes{x_limit(curves, deferred)};
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      kLeft + kWidth + 40, kTop + kHeight + 50);
  svg += grid(axes);
  for (std::size_t i = curves.size(); i-- > 0;) {
    const char* const colour = kColours.at(std::min(i, kColours.size() - 1));
    svg += staircase(curves[i], axes, colour);
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{}\">{}</text>\n", kLeft + kWidth - 8,
                       kTop + kHeight - 12 - 18 * static_cast<double>(i), colour, curves[i].name);
  }
  svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"#d1495b\"/>\n", axes.x(deferred),
                     Axes::y(caught));
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">images deferred</text>\n", kLeft + kWidth / 2,
                     kTop + kHeight + 38);
  svg += fmt::format(
      "<text x=\"14\" y=\"{0}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {0})\">natural deviations "
      "caught</text>\n",
      kTop + kHeight / 2);
  return svg + "</svg>\n";
}

}  // namespace

std::string trade_svg(const GuardReport& report) {
  std::vector<PlottedCurve> curves = {{report.fit.guard.score, report.figures.curve}};
  if (report.fit.guard.score != "margin") curves.push_back({"margin", report.margin_figures.curve});
  return plotted(curves, report.figures.deferred, report.figures.caught.value());
}

}  // namespace dflare
