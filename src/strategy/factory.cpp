// Strategies by name.
#include <string>
#include <vector>

#include "core/nearest.h"
#include "dflare/error.h"
#include "strategy/strategies.h"

namespace dflare {

const std::vector<std::string>& strategy_names() {
  static const std::vector<std::string> names{"boundary", "natural", "dflare", "diffchaser", "random"};
  return names;
}

StrategyFactory make_strategy_factory(const StrategyOptions& options) {
  if (is_own_strategy(options.name)) {
    if (options.own.strategy) return options.own.strategy;
    throw Error(ErrorCode::kBadArgument, "the strategy " + options.name + " is code of the program that began the run",
                "only there can it go on: dflare.resume(run, strategy=...)");
  }
  auto operators =
      std::make_shared<const OperatorSet>(make_operators(options.operators, options.kind, options.own.operators));
  if (options.name == "boundary") {
    return [operators, end_points = options.end_points] { return make_boundary(operators, end_points); };
  }
  if (options.name == "dflare") {
    return [operators, fitness = options.fitness, selection = options.selection] {
      return make_dflare(operators, fitness, selection);
    };
  }
  if (options.name == "natural") return make_natural_search;
  if (options.name == "diffchaser") return make_diffchaser_factory(options.diffchaser);
  if (options.name == "random") {
    return [operators] { return make_random(operators); };
  }
  throw Error(ErrorCode::kBadArgument, "no strategy is called '" + options.name + "'",
              known_names_hint(options.name, strategy_names()));
}

}  // namespace dflare
