// Strategies written in Python.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>

#include "dflare/strategy.h"

namespace dflare::python {

// What makes chains' strategies in Python, and keeps what they raise: `make()` gives an object with begin(seed, array,
// label, truth, a, b), propose(), observe(...), rejected(), again() and how(). dflare/strategy.py has it.
class OwnStrategy {
 public:
  OwnStrategy(nanobind::object make, std::size_t proposals);

  // Its instances call Python, one thread at a time each. They are for images: begin() throws kBadArgument for arrays.
  [[nodiscard]] StrategyFactory factory() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Empty where there is none.
StrategyFactory factory_of(const std::optional<OwnStrategy>& own);

void bind_strategy(nanobind::module_& m);

}  // namespace dflare::python
