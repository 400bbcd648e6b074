// Random mutations of texts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/operators.h"

namespace dflare {

// In their order.
std::vector<std::string> text_operator_names();
// Null for a name that is none.
std::unique_ptr<Operator> make_text_operator(std::string_view name);

}  // namespace dflare
