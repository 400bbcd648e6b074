// Where along a path do two models leave a label? Root finding on both margins at once.
#pragma once

#include <vector>

namespace dflare {

// Both models' margins of the seed's label at place t of a path.
struct PathPoint {
  double t = 0;
  double original = 0;
  double compressed = 0;
};

// Between a point where both models give the label and one where neither does, each margin has a root, and between the
// two roots the models disagree. Estimates both roots from the points asked so far and asks the middle.
class FlipSearch {
 public:
  // inside: both margins > 0; outside: neither. `unsaturated`: margins beyond it (8-bit or float outputs at 0 or 1) say
  // only that they are large.
  void start(const PathPoint& inside, const PathPoint& outside, double unsaturated);
  // The next place to ask, strictly inside the bracket.
  [[nodiscard]] double next() const;
  // What was seen at a place between: no deviation, or the search would be over.
  void learn(const PathPoint& point);

  [[nodiscard]] const PathPoint& inside() const { return inside_; }
  [[nodiscard]] const PathPoint& outside() const { return outside_; }
  [[nodiscard]] double width() const { return outside_.t - inside_.t; }
  // The compressed (or original) model's top value is tied at both ends: the other flips within a stretch of ties.
  [[nodiscard]] bool tied_throughout() const;

 private:
  PathPoint inside_, outside_;
  double unsaturated_ = 0;
  double last_width_ = 0;  // before the last point
  int asked_ = 0;
  int same_side_ = 0;  // consecutive points on one side (+ inside, - outside)
};

}  // namespace dflare
