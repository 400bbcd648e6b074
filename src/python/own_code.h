// Code of the caller's own, in Python: a strategy, operators.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <utility>
#include <vector>

#include "dflare/strategy.h"

namespace dflare::python {

// By name ("own:...") what makes a mutant: `apply(array, a, b)` gives one of the same shape, uint8.
using NamedOperators = std::vector<std::pair<std::string, nanobind::object>>;

// They call Python, from any thread.
OperatorMaker maker_of(const NamedOperators& operators);

void bind_own_code(nanobind::module_& m);  // OwnCode

}  // namespace dflare::python
