// A repair head at work.
#include "dflare/repair_head.h"

#include <algorithm>
#include <cmath>

namespace dflare {
namespace {

std::vector<float> apply_layer(const DenseLayer& layer, const std::vector<float>& in) {
  std::vector<float> out(layer.bias);
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    const float* weights = layer.weights.data() + o * layer.inputs;
    for (std::size_t i = 0; i < layer.inputs; ++i) out[o] += weights[i] * in[i];
    if (layer.activation == DenseLayer::Activation::kRelu) out[o] = std::max(0.0F, out[o]);
    if (layer.activation == DenseLayer::Activation::kTanh) out[o] = std::tanh(out[o]);
  }
  return out;
}

}  // namespace

bool head_speaks(const RepairHead& head, const AnswerView& compressed) {
  return !head.layers.empty() && top_margin(compressed) < head.below_margin;
}

std::vector<float> head_scores(const RepairHead& head, const AnswerView& compressed) {
  const auto& read = head.features == HeadFeatures::kProbabilities ? compressed.p : compressed.log_p;
  std::vector<float> values(read.begin(), read.end());
  for (const DenseLayer& layer : head.layers) values = apply_layer(layer, values);
  return values;
}

std::vector<float> repaired_scores(const RepairHead& head, OutputKind kind, const AnswerView& compressed) {
  if (head_speaks(head, compressed)) return head_scores(head, compressed);
  const std::span<const float> own = kind == OutputKind::kLogits ? compressed.raw : compressed.log_p;
  return {own.begin(), own.end()};
}

int repaired_label(const RepairHead& head, const AnswerView& compressed) {
  if (!compressed.finite) return -1;
  if (!head_speaks(head, compressed)) return compressed.label;
  const std::vector<float> scores = head_scores(head, compressed);
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

double top_margin(const AnswerView& answer) {
  float first = -std::numeric_limits<float>::infinity();
  float second = first;
  for (const float v : answer.log_p) {
    second = std::max(second, std::min(first, v));
    first = std::max(first, v);
  }
  return answer.log_p.size() < 2 ? std::numeric_limits<double>::infinity() : static_cast<double>(first - second);
}

}  // namespace dflare
