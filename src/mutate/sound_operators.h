// Random mutations of sounds.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/operators.h"

namespace dflare {

// In their order.
std::vector<std::string> sound_operator_names();
// Null for a name that is none.
std::unique_ptr<Operator> make_sound_operator(std::string_view name);

}  // namespace dflare
