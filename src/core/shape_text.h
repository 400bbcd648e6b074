// Shapes in words.
#pragma once

#include <string>

#include "dflare/input.h"

namespace dflare {

// "32 x 32 x 3"
std::string to_text(const Shape& shape);

}  // namespace dflare
