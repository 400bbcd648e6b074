// The method `natural`: shifts between classes that lower the disagreement on natural images, or none.
#pragma once

#include "dflare/repair.h"

namespace dflare {

// `use` names natural rows with finite answers.
RepairHead train_natural(const RepairRows& rows, std::span<const std::size_t> use, std::uint64_t rng_seed);

}  // namespace dflare
