// Shapes in words.
#include "core/shape_text.h"

#include <fmt/format.h>

namespace dflare {

std::string to_text(const Shape& shape) {
  return fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
}

}  // namespace dflare
