// What the answers of the two models of a pair to the same inputs count up to.
#include "dflare/pair_figures.h"

#include <algorithm>

namespace dflare {

void PairCounter::add(const AnswerView& original, const AnswerView& compressed, int true_label) {
  ++figures_.asked;
  figures_.classes = std::ssize(original.raw);
  figures_.not_finite_original += original.finite ? 0 : 1;
  figures_.not_finite_compressed += compressed.finite ? 0 : 1;
  const int f = original.label - offset_original_;
  const int g = compressed.label - offset_compressed_;
  figures_.agree += original.label >= 0 && compressed.label >= 0 && f == g ? 1 : 0;
  figures_.tied += original.tie || compressed.tie ? 1 : 0;
  figures_.identical += std::ranges::equal(original.raw, compressed.raw) ? 1 : 0;
  const auto most = [](std::map<int, std::int64_t>& labels, int label, std::int64_t& so_far) {
    if (label >= 0) so_far = std::max(so_far, ++labels[label]);
  };
  most(labels_original_, original.label, figures_.one_label_original);
  most(labels_compressed_, compressed.label, figures_.one_label_compressed);
  if (true_label < 0) return;
  ++figures_.labelled;
  figures_.right_original += f == true_label ? 1 : 0;
  figures_.right_compressed += g == true_label ? 1 : 0;
}

}  // namespace dflare
