// Shapes in words.
#pragma once

#include <string>

#include "dflare/input.h"

namespace dflare {

// "image", "array", "text": as --kind and records have it.
std::string to_text(InputKind kind);
InputKind kind_named(const std::string& name);  // anything else: an image

// "32 x 32 x 3"; of an array without its axes of 1, "49 x 10"; of texts "up to 2048 bytes".
std::string to_text(const Shape& shape, InputKind kind = InputKind::kImage);

}  // namespace dflare
