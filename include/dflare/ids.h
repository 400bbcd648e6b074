// Distinct types for the things that are counted, so that one cannot be passed for another.
#pragma once

#include <compare>
#include <cstdint>

namespace dflare {

template <class Tag>
struct Id {
  std::int32_t value = -1;

  constexpr Id() = default;
  constexpr explicit Id(std::int32_t v) : value(v) {}
  auto operator<=>(const Id&) const = default;
};

// Row of an input among the seeds, as the user gave them (unusable ones keep their index).
using SeedIndex = Id<struct SeedTag>;
// Position of an operator in the set that a run uses.
using OperatorId = Id<struct OperatorTag>;

}  // namespace dflare
