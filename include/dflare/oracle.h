// When two answers to one input differ: what is compared, and how far it may be apart.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/answers.h"
#include "dflare/ids.h"

namespace dflare {

// Labels that one answer gives, several or none, in the order that its LabelSets lists them.
using LabelSet = std::vector<int>;

// Reads sets of labels off single answers, so that each model can keep or leave one by itself. Stateless.
class LabelSets {
 public:
  LabelSets() = default;
  LabelSets(const LabelSets&) = delete;
  LabelSets& operator=(const LabelSets&) = delete;
  virtual ~LabelSets() = default;

  // The labels of a finite answer; the same labels make the same list. Reuses the memory of `set`.
  virtual void read(std::span<const float> answer, LabelSet& set) const = 0;
  // How far a finite answer is from not giving that set, in natural log units: positive where it gives it, 0 where a
  // tie decides, negative where it gives another.
  [[nodiscard]] virtual double margin(std::span<const float> answer, const LabelSet& set) const = 0;
};

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
  // asked of; see fit(). Throws kBadArgument where they cannot be compared so.
  [[nodiscard]] virtual std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                             const AnswerLayout& compressed) const = 0;
  // Whether a text (AnswerPart::text) may be among the answers; fit() refuses it otherwise.
  [[nodiscard]] virtual bool reads_texts() const { return false; }
  // Of oracles that compare sets of labels; null: there is nothing that one model could leave by itself.
  [[nodiscard]] virtual const LabelSets* sets() const { return nullptr; }
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
// between them), "topk:K[:order]" (the K classes of the largest scores), "multilabel[:THRESHOLD]" (scores of labels of
// which any number is given: those above the threshold, a probability), "mask[:IOU]" (a score a pixel: the pixels that
// both models mark, as a share of those that one of them does), "boxes:DECODER[:IOU]" (detections: each sure one of one
// model must overlap one of the other so much), "transcript[:RATE]" (texts: no word may differ; or words put in, left
// out or replaced, up to that share of the original's words). `output`: what scores are, where that is declared; topk
// and multilabel look at their range otherwise. Throws kBadArgument naming the nearest known name, or what was expected
// of the argument.
OracleChoice make_oracle(std::string_view spec, std::optional<OutputKind> output = {});
const std::vector<std::string>& oracle_names();
// oracle.fitted(...), texts refused where the oracle reads none. Throws kBadArgument.
std::shared_ptr<const Oracle> fit(const Oracle& oracle, const AnswerLayout& original, const AnswerLayout& compressed);
// Whether severities by the oracle of that spec are in natural log units, as those of labels: odds. Otherwise they are
// in units of what is tolerated.
bool severity_is_odds(std::string_view spec);

// Which set each row is held against: that of row i is by_seed[seeds[i]].
struct SetsAtSeeds {
  std::span<const LabelSet> by_seed;
  std::span<const SeedIndex> seeds;
};

// How many classes read_together() gives: the same for all rows.
std::size_t ruled_classes(const Oracle& oracle);

// Turns raw answers of both models into answers that labels can be read off as of classifiers of two classes, 0 «agree»
// and 1 «stray»: the original always says 0, the compressed model gives 0 the oracle's lead over 1. So a pair differs
// where it strays, the compressed model's margin of the label 0 is the lead, and a deviation's severity is the lead's
// negative: by how many times what is tolerated the two are farther apart than that. Neither model insists more than
// the other on a deviation. Where the oracle gives NaN, that answer is not finite which holds a value that is not.
//
// By an oracle of sets each model is a classifier of its own: 0 is the seed's set, 1 another one, 2 yet another where
// both have left the seed's and differ. A model's margin of the label 0 is that of the seed's set. Without `at_seeds` a
// row is held against the set that the original gives.
void read_together(const Oracle& oracle, const Answers& raw_original, const Answers& raw_compressed, Answers& original,
                   Answers& compressed, const SetsAtSeeds& at_seeds = {});

}  // namespace dflare
