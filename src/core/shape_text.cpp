// Shapes in words.
#include "core/shape_text.h"

#include <fmt/format.h>

namespace dflare {

std::string to_text(InputKind kind) {
  switch (kind) {
    case InputKind::kArray:
      return "array";
    case InputKind::kText:
      return "text";
    case InputKind::kAudio:
      return "audio";
    case InputKind::kImage:
      break;
  }
  return "image";
}

InputKind kind_named(const std::string& name) {
  for (const InputKind kind : {InputKind::kArray, InputKind::kText, InputKind::kAudio})
    if (to_text(kind) == name) return kind;
  return InputKind::kImage;
}

std::string to_text(const Shape& shape, InputKind kind) {
  if (kind == InputKind::kText) return fmt::format("up to {} bytes", shape.size());
  if (kind == InputKind::kAudio) return fmt::format("up to {} samples", samples_of(shape));
  if (kind == InputKind::kArray) {
    if (shape.height == 1) return fmt::format("{}", shape.width);
    return shape.channels == 1 ? fmt::format("{} x {}", shape.height, shape.width)
                               : fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
  }
  return fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
}

}  // namespace dflare
