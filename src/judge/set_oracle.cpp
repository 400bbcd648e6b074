// Two answers that give sets of labels.
#include "judge/set_oracle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "judge/oracles.h"

namespace dflare {

double SetOracle::lead(std::span<const float> original, std::span<const float> compressed) const {
  if (!all_finite(original) || !all_finite(compressed)) return std::nan("");
  LabelSet f;
  LabelSet g;
  read(original, f);
  read(compressed, g);
  return f == g ? 1 : -std::min(margin(original, f), -margin(compressed, f));
}

std::string json_of(const LabelSet& set) { return fmt::format("[{}]", fmt::join(set, ",")); }

}  // namespace dflare
