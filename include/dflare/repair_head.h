// A repair head: a small network behind the compressed model that says which label the original would give.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "dflare/answers.h"

namespace dflare {

// out = activation(weights * in + bias).
struct DenseLayer {
  enum class Activation { kNone, kRelu, kTanh };

  std::size_t inputs = 0, outputs = 0;
  std::vector<float> weights;  // outputs x inputs, row after row
  std::vector<float> bias;     // outputs
  Activation activation = Activation::kNone;
};

// What the head reads of the compressed model's answer, one value a class.
enum class HeadFeatures {
  kProbabilities,     // p, as the paper does (section 5.5)
  kLogProbabilities,  // log p, as AnswerView defines it
};

struct RepairHead {
  std::string method;  // that trained it, by name
  HeadFeatures features = HeadFeatures::kProbabilities;
  // The last layer yields one score a class; the largest, at its first index, is the label. No layers: the identity.
  std::vector<DenseLayer> layers;
  // The head speaks only where the compressed model's margin, log p of its first label less log p of its second, is
  // below this; elsewhere the compressed model's own label (first index) stands.
  double below_margin = std::numeric_limits<double>::infinity();
};

// The repaired label of one answer of the compressed model; -1 where the answer is not finite.
int repaired_label(const RepairHead& head, const AnswerView& compressed);

// Whether the head speaks on this answer, which is finite: it has layers, and the margin is below `below_margin`.
bool head_speaks(const RepairHead& head, const AnswerView& compressed);
// The last layer's scores, one a class, whether the head speaks or not. It has layers.
std::vector<float> head_scores(const RepairHead& head, const AnswerView& compressed);

// The repaired scores, one a class, of an answer that is finite and was read as `kind`: the head's where it speaks,
// else the model's own: its logits as they are (log p would round two of them to a tie), or log p of its probabilities.
// To be read as logits; the largest, at its first index, is repaired_label().
std::vector<float> repaired_scores(const RepairHead& head, OutputKind kind, const AnswerView& compressed);

// log p of the first label less log p of the second, natural log units, >= 0: how sure a model is. 0 for a tie.
double top_margin(const AnswerView& answer);

}  // namespace dflare
