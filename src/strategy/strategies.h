// Constructors of the strategies, one file each.
#pragma once

#include <memory>

#include "dflare/strategy.h"

namespace dflare {

using SharedOperators = std::shared_ptr<const OperatorSet>;

std::unique_ptr<Strategy> make_boundary(SharedOperators operators, EndPoints end_points);
std::unique_ptr<Strategy> make_dflare(SharedOperators operators, Fitness fitness, SelectionPolicy selection);
std::unique_ptr<Strategy> make_natural_search();
std::unique_ptr<Strategy> make_random(SharedOperators operators);
// Throws kBadArgument for options out of range.
StrategyFactory make_diffchaser_factory(const DiffchaserOptions& options);

}  // namespace dflare
