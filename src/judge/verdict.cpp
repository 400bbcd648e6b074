// Verdicts: do the two models deviate, who left the seed's label, and how decisively.
#include "dflare/verdict.h"

#include <algorithm>
#include <limits>

namespace dflare {
namespace {

FindingKind kind_of(int original, int compressed, int seed_label) {
  if (original == seed_label) return FindingKind::kCompressedLost;
  if (compressed == seed_label) return FindingKind::kOriginalLost;
  return FindingKind::kBothChanged;
}

}  // namespace

double margin(std::span<const float> log_p, int label) {
  float best_other = -std::numeric_limits<float>::infinity();
  for (std::size_t c = 0; c < log_p.size(); ++c) {
    if (static_cast<int>(c) != label) best_other = std::max(best_other, log_p[c]);
  }
  return static_cast<double>(log_p[static_cast<std::size_t>(label)]) - static_cast<double>(best_other);
}

double severity(const AnswerView& original, const AnswerView& compressed) {
  const auto a = static_cast<std::size_t>(original.label);
  const auto b = static_cast<std::size_t>(compressed.label);
  const double insists_original = static_cast<double>(original.log_p[a]) - static_cast<double>(original.log_p[b]);
  const double insists_compressed = static_cast<double>(compressed.log_p[b]) - static_cast<double>(compressed.log_p[a]);
  return std::min(insists_original, insists_compressed);
}

Verdict judge(InputView input, const AnswerView& original, const AnswerView& compressed, int seed_label,
              const Acceptance& acceptance) {
  Verdict v{.input = input, .original = original, .compressed = compressed, .seed_label = seed_label};
  v.finite = original.finite && compressed.finite;
  if (!v.finite) return v;
  v.tie = original.tie || compressed.tie;
  v.differs = original.label != compressed.label;
  v.kind = kind_of(original.label, compressed.label, seed_label);
  v.deviates = v.differs && (acceptance.ties == TiePolicy::kCount || !v.tie) &&
               (acceptance.require == Require::kAny || v.kind == FindingKind::kCompressedLost);
  v.margin_original = margin(original.log_p, seed_label);
  v.margin_compressed = margin(compressed.log_p, seed_label);
  return v;
}

}  // namespace dflare
