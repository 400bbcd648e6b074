// Where along a path do two models leave a label? Root finding on both at once.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dflare/strategy.h"

namespace dflare {

// How the compressed model's answers come near a tie, and how ties count.
struct TieScale {
  double step = 0;  // between neighbouring log-probabilities of the top labels; 0: real-valued outputs
  enum class Side { kNeither, kInside, kOutside } side = Side::kNeither;  // of the flip, for which a tie counts
};

// As the compressed model's answer to one image shows it.
TieScale tie_scale(const RunContext& context, const Verdict& v);

// Between a point where both models give label a and one where neither does, each model's label flips, and between the
// two flips the models disagree. For every other class c the lead log p(a) - log p(c) has a root, and the first of them
// is the flip; leads are differences of logits, so straight lines fit them better than margins, whose runner-up
// changes.
class FlipSearch {
 public:
  // Both models' answers at place t of the path.
  struct Point {
    double t = 0;
    std::span<const float> original, compressed;  // log p
  };

  // A new bracket: at `inside` the label is given, at `outside` it is not. Copies the answers.
  void start(int label, const Point& inside, const Point& outside);
  // Stretches the bracket to the whole of a new path: its ends become t = 0 and t = 1.
  void restart_within_bracket();
  // The next place to ask, inside the bracket.
  [[nodiscard]] double next(const TieScale& ties) const;
  // What was seen at a place between: no deviation, or the search would be over. Returns whether it moved the inner
  // end.
  bool learn(const Point& point);

  [[nodiscard]] double inside() const { return ends_[0].t; }
  [[nodiscard]] double outside() const { return ends_[1].t; }
  [[nodiscard]] double width() const { return outside() - inside(); }
  // Ties leave no room on this path: a model's top value is tied at both ends, or right where the other flips.
  [[nodiscard]] bool lost_to_ties(const TieScale& ties) const;

 private:
  enum Which : std::size_t { kOriginal, kCompressed };
  struct End {
    double t = 0;
    std::array<double, 2> margin{};           // of the label, by model
    std::array<std::vector<float>, 2> leads;  // log p(label) - log p(c) for every class c, by model
  };

  void fill(End& end, const Point& point) const;
  [[nodiscard]] double flip(Which which) const;
  [[nodiscard]] double beside_steps(double original_flip, const TieScale& ties) const;
  [[nodiscard]] double mean_difference(double reach) const;

  int label_ = 0;
  std::array<End, 2> ends_;                          // inside, outside
  std::vector<std::array<double, 2>> seen_margins_;  // of every point of this path, by model
  int same_side_ = 0;  // points in a row that moved the same end: > 0 the inner, < 0 the outer
};

}  // namespace dflare
