// Secant on both margins, safeguarded by halving.
#include "strategy/flip_search.h"

#include <algorithm>
#include <cmath>

namespace dflare {
namespace {

// Root of the line through (t0, m0 > 0) and (t1, m1 <= 0).
double secant(double t0, double m0, double t1, double m1) { return t0 + (t1 - t0) * m0 / (m0 - m1 + 1e-12); }

}  // namespace

void FlipSearch::start(const PathPoint& inside, const PathPoint& outside, double unsaturated) {
  inside_ = inside;
  outside_ = outside;
  unsaturated_ = unsaturated;
  last_width_ = width();
  asked_ = 0;
  same_side_ = 0;
}

double FlipSearch::next() const {
  const auto clip = [this](double m) { return std::clamp(m, -unsaturated_, unsaturated_); };
  const double f = secant(inside_.t, clip(inside_.original), outside_.t, clip(outside_.original));
  const double g = secant(inside_.t, clip(inside_.compressed), outside_.t, clip(outside_.compressed));
  double t = (f + g) / 2;
  if (asked_ > 0 && width() > 0.6 * last_width_) t = (inside_.t + outside_.t) / 2;
  return std::clamp(t, inside_.t + 0.02 * width(), outside_.t - 0.02 * width());
}

void FlipSearch::learn(const PathPoint& point) {
  last_width_ = width();
  ++asked_;
  if (point.original > 0)
    inside_ = point;
  else
    outside_ = point;
}

bool FlipSearch::tied_throughout() const {
  return (inside_.compressed == 0 && outside_.compressed == 0) || (inside_.original == 0 && outside_.original == 0);
}

}  // namespace dflare
