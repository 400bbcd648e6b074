// The operators of arrays, by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/operators.h"

namespace dflare {

std::vector<std::string> array_operator_names();
// Null for a name that is none of these.
std::unique_ptr<Operator> make_array_operator(std::string_view name);

}  // namespace dflare
