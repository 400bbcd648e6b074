// Moves weights that lie behind the flatbuffer into it, by the layout of flatbuffers and TensorFlow Lite's schema.
#include "query/tflite/weights_inside.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "dflare/error.h"
#include "query/tflite/flatbuffer.h"

namespace dflare::tflite {
namespace {

// Positions of fields in the schema's tables.
constexpr std::size_t kModelBuffers = 4;
constexpr std::size_t kBufferOffset = 1, kBufferSize = 2;
constexpr std::size_t kLargest = std::numeric_limits<std::int32_t>::max();  // of a flatbuffer
constexpr std::size_t kAlignment = 16;                                      // of weights

template <class T>
void append(Bytes& bytes, T value) {
  const auto* const first = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof value);
}

void align(Bytes& bytes, std::size_t alignment, std::size_t ahead = 0) {
  while ((bytes.size() + ahead) % alignment != 0) bytes.push_back(0);
}

// Weights outside the flatbuffer, and the element of the model's list of buffers that stands for them.
struct Outside {
  std::size_t element = 0;
  std::uint64_t offset = 0, size = 0;
};

std::vector<Outside> weights_outside(const Bytes& model) {
  std::vector<Outside> found;
  const auto list = field(model, target(model, 0), kModelBuffers);
  if (!list) return found;
  const std::size_t buffers = target(model, *list);
  for (std::size_t i = 0, count = read<std::uint32_t>(model, buffers); i < count; ++i) {
    const std::size_t element = buffers + 4 + 4 * i;
    const std::size_t buffer = target(model, element);
    const Outside weights{element, number<std::uint64_t>(model, buffer, kBufferOffset),
                          number<std::uint64_t>(model, buffer, kBufferSize)};
    if (weights.offset > 1) found.push_back(weights);  // 0 and 1: inside
  }
  return found;
}

// Appends a table of one reference to the weights, and points the list's element to it.
void append_buffer(const Bytes& file, const Outside& weights, Bytes& model) {
  align(model, 4, 2);
  for (const int entry : {6, 8, 4})
    append(model, static_cast<std::uint16_t>(entry));  // size of this and of the table; its one field
  const auto table = static_cast<std::uint32_t>(model.size());
  append<std::int32_t>(model, 6);  // back to the three above
  const std::size_t reference = model.size();
  append<std::uint32_t>(model, 0);
  align(model, kAlignment, sizeof(std::uint32_t));
  const auto distance = static_cast<std::uint32_t>(model.size() - reference);
  std::memcpy(model.data() + reference, &distance, sizeof distance);
  append(model, static_cast<std::uint32_t>(weights.size));
  const auto first = file.begin() + static_cast<std::ptrdiff_t>(weights.offset);
  model.insert(model.end(), first, first + static_cast<std::ptrdiff_t>(weights.size));
  const auto to_table = table - static_cast<std::uint32_t>(weights.element);
  std::memcpy(model.data() + weights.element, &to_table, sizeof to_table);
}

Bytes rebuilt(const std::string& path, const Bytes& file, const std::vector<Outside>& outside) {
  std::uint64_t flatbuffer = file.size();
  std::uint64_t total = 0;
  for (const Outside& weights : outside) {
    if (weights.offset > file.size() || weights.size > file.size() - weights.offset) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: is not whole: weights lie beyond its end", path),
                  "convert or download the model again");
    }
    flatbuffer = std::min(flatbuffer, weights.offset);
    total += weights.size + 2 * kAlignment + 16;
  }
  if (flatbuffer + total > kLargest) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: holds more than 2 GiB of weights outside its graph", path),
                "dflare opens TensorFlow Lite models of up to 2 GiB");
  }
  Bytes model(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(flatbuffer));
  model.reserve(flatbuffer + total);
  for (const Outside& weights : outside) {
    if (weights.element + 4 > model.size()) throw Damaged();
    append_buffer(file, weights, model);
  }
  return model;
}

}  // namespace

void bring_weights_inside(const std::string& path, std::vector<std::uint8_t>& model) {
  try {
    const auto outside = weights_outside(model);
    if (!outside.empty()) model = rebuilt(path, model, outside);
  } catch (const Damaged&) {  // left to the runtime, whose checks are whole
  }
}

}  // namespace dflare::tflite
