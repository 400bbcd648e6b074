// The method `natural`: shifts between classes that lower the disagreement on natural images, or none.
#pragma once

#include "dflare/repair.h"

namespace dflare {

// `use` names natural rows and findings, all with finite answers. Findings are as many more places at which to see
// which way the two models differ; what is chosen is chosen by natural rows alone. `stop` as for train_head.
RepairHead train_natural(const RepairRows& rows, std::span<const std::size_t> use, std::uint64_t rng_seed,
                         const std::atomic<bool>* stop);

}  // namespace dflare
