// What oracles of sets of labels have in common: how far two answers are from giving different sets.
#pragma once

#include <limits>
#include <span>

#include "dflare/oracle.h"

namespace dflare {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Equal sets do not differ, however near either model is to another one; different ones differ by what the less
// decisive of the two models insists. A search follows the margins of the LabelSets instead (read_together).
class SetOracle : public Oracle, public LabelSets {
 public:
  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const final;
  [[nodiscard]] const LabelSets* sets() const final { return this; }
};

// "[1,5,7]"
std::string json_of(const LabelSet& set);

}  // namespace dflare
