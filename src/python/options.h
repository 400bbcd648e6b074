// The table of options for Python: keywords are the command's options, with underscores.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <utility>
#include <vector>

#include "dflare/options.h"

namespace dflare::python {

// Names as in the table and values as text, in the order in which they were given.
using Pairs = std::vector<std::pair<std::string, std::string>>;

// Throws kBadArgument for a name that the verb does not have, with the nearest that it has.
Givens givens_of(const Pairs& pairs, unsigned verb);

void bind_options(nanobind::module_& m);

}  // namespace dflare::python
