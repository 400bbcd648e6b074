// When two answers to one input differ: what is compared, and how far it may be apart.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/answers.h"

namespace dflare {

// --oracle, for outputs that are no scores of classes. Two answers stray where they are farther apart than the oracle
// tolerates. Stateless; safe from several threads at once.
class Oracle {
 public:
  Oracle() = default;
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;
  virtual ~Oracle() = default;

  // As make_oracle takes it: "value:0.1".
  [[nodiscard]] virtual std::string spec() const = 0;
  // How far two answers are from straying, in units of what is tolerated: 1 for equal answers, 0 at the bound, negative
  // beyond it, without a least value; NaN where an answer is not finite. Both hold the same number of values, one or
  // more.
  [[nodiscard]] virtual double lead(std::span<const float> original, std::span<const float> compressed) const = 0;
  // What was measured, as a JSON object of numbers that name themselves. Answers that are not finite have none ("").
  [[nodiscard]] virtual std::string facts(std::span<const float> original, std::span<const float> compressed) const = 0;
  // The same for answers of that layout, of as many values by either model: it is this that lead() and facts() are
  // asked of. Throws kBadArgument where they cannot be compared so.
  [[nodiscard]] virtual std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                             const AnswerLayout& compressed) const = 0;
};

// How answers are compared.
struct OracleChoice {
  std::shared_ptr<const Oracle> oracle;  // null: labels
  bool binary = false;                   // labels of one score: yes above `threshold`, a probability
  float threshold = 0.5F;

  [[nodiscard]] bool labels() const { return oracle == nullptr; }
};

// "top1" (the class of the largest score), "binary[:THRESHOLD]" (one score), "value:TOLERANCE" (numbers, none of which
// may differ by more; with a % after it, by that share of the original's), "cosine:LEAST" (vectors by the cosine
// between them), "mask[:IOU]" (a score a pixel: the pixels that both models mark, as a share of those that one of them
// does), "boxes:DECODER[:IOU]" (detections: each sure one of one model must overlap one of the other so much). Throws
// kBadArgument naming the nearest known name, or what was expected of the argument.
OracleChoice make_oracle(std::string_view spec);
const std::vector<std::string>& oracle_names();

// Turns raw answers of both models into answers that labels can be read off as of classifiers of two classes, 0 «agree»
// and 1 «stray»: the original always says 0, the compressed model gives 0 the oracle's lead over 1. So a pair differs
// where it strays, the compressed model's margin of the label 0 is the lead, and a deviation's severity is the lead's
// negative: by how many times what is tolerated the two are farther apart than that. Neither model insists more than
// the other on a deviation. Where the oracle gives NaN, that answer is not finite which holds a value that is not.
void read_together(const Oracle& oracle, const Answers& raw_original, const Answers& raw_compressed, Answers& original,
                   Answers& compressed);

}  // namespace dflare
