// Strategies written in Python.
#pragma once

#include <nanobind/nanobind.h>

#include "dflare/strategy.h"

namespace dflare::python {

// Chains' strategies in Python: `make()` gives an object with begin(seed, array,
// label, truth, a, b), propose(), observe(...), rejected(), again() and how(). dflare/strategy.py has it.
// Its instances call Python, one thread at a time each. They are for images: begin() throws kBadArgument for arrays.
StrategyFactory factory_of(nanobind::object make, std::size_t proposals);

}  // namespace dflare::python
