// Shapes in words.
#include "core/shape_text.h"

#include <fmt/format.h>

namespace dflare {

std::string to_text(InputKind kind) {
  return kind == InputKind::kArray ? "array" : kind == InputKind::kText ? "text" : "image";
}

InputKind kind_named(const std::string& name) {
  return name == "array" ? InputKind::kArray : name == "text" ? InputKind::kText : InputKind::kImage;
}

std::string to_text(const Shape& shape, InputKind kind) {
  if (kind == InputKind::kText) return fmt::format("up to {} bytes", shape.size());
  if (kind == InputKind::kArray) {
    if (shape.height == 1) return fmt::format("{}", shape.width);
    return shape.channels == 1 ? fmt::format("{} x {}", shape.height, shape.width)
                               : fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
  }
  return fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
}

}  // namespace dflare
