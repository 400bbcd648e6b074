// What the answers of the two models of a pair to the same inputs count up to.
#pragma once

#include <cstdint>
#include <map>

#include "dflare/answers.h"

namespace dflare {

// Counts over the inputs that both models were asked. Labels by first index, as a deployed argmax has them.
struct PairFigures {
  std::int64_t asked = 0;
  std::int64_t agree = 0;      // both give the same label
  std::int64_t identical = 0;  // all outputs of both are the same numbers
  std::int64_t tied = 0;       // the largest output of either stands at two or more classes
  std::int64_t not_finite_original = 0, not_finite_compressed = 0;  // answered with NaN or infinity
  // Inputs that share the label which the model gives most often.
  std::int64_t one_label_original = 0, one_label_compressed = 0;
  std::int64_t classes = 0;
  // Of those with a true label:
  std::int64_t labelled = 0, right_original = 0, right_compressed = 0;

  bool operator==(const PairFigures&) const = default;
};

// Counts them one input after the other.
class PairCounter {
 public:
  // Outputs of each model before the class that labels call 0.
  explicit PairCounter(int offset_original = 0, int offset_compressed = 0)
      : offset_original_(offset_original), offset_compressed_(offset_compressed) {}
  // `true_label`: negative where none is known.
  void add(const AnswerView& original, const AnswerView& compressed, int true_label);
  [[nodiscard]] const PairFigures& figures() const { return figures_; }

 private:
  int offset_original_, offset_compressed_;
  PairFigures figures_;
  std::map<int, std::int64_t> labels_original_, labels_compressed_;
};

}  // namespace dflare
