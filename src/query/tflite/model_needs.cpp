// Operators and number formats that not every library of TensorFlow Lite has.
#include "query/tflite/model_needs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "query/tflite/flatbuffer.h"

namespace dflare::tflite {
namespace {

// Positions of fields in the schema's tables, and numbers of its types.
constexpr std::size_t kModelOperatorCodes = 1, kModelSubgraphs = 2;
constexpr std::size_t kOperatorCodeCustom = 1, kSubgraphTensors = 0, kTensorType = 1;
constexpr int kInt4 = 17, kInt2 = 19, kUint4 = 20;

std::string text(const Bytes& bytes, std::size_t at) {
  const std::size_t size = read<std::uint32_t>(bytes, at);
  if (at + 4 > bytes.size() || size > bytes.size() - at - 4) throw Damaged();
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at + 4);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

bool begins(const std::vector<std::string>& names, const char* with) {
  return std::ranges::any_of(names, [with](const std::string& name) { return name.starts_with(with); });
}

}  // namespace

ModelNeeds needs_of(const std::vector<std::uint8_t>& model) {
  ModelNeeds needs;
  try {
    const std::size_t root = target(model, 0);
    for (const std::size_t code : tables(model, root, kModelOperatorCodes)) {
      const auto custom = field(model, code, kOperatorCodeCustom);
      if (!custom) continue;
      std::string name = text(model, target(model, *custom));
      if (std::ranges::find(needs.custom_operators, name) == needs.custom_operators.end()) {
        needs.custom_operators.push_back(std::move(name));
      }
    }
    for (const std::size_t subgraph : tables(model, root, kModelSubgraphs)) {
      for (const std::size_t tensor : tables(model, subgraph, kSubgraphTensors)) {
        const auto type = number<std::int8_t>(model, tensor, kTensorType);
        needs.short_weights = needs.short_weights || type == kInt4 || type == kInt2 || type == kUint4;
      }
    }
  } catch (const Damaged&) {
    return {};
  }
  return needs;
}

std::string hint_on(const ModelNeeds& needs) {
  const auto& names = needs.custom_operators;
  if (names.empty()) return "";
  const auto list = fmt::format("{}", fmt::join(names, ", "));
  if (begins(names, "edgetpu")) return "it is compiled for an Edge TPU; give the .tflite that went into that compiler";
  if (begins(names, "ethos-u")) return "it is compiled for an Ethos-U; give the .tflite that went into that compiler";
  if (begins(names, "Flex")) {
    return fmt::format("it holds operators of TensorFlow itself ({}): convert it with TensorFlow Lite's own alone",
                       list);
  }
  return fmt::format("it holds operators of its own ({}): name a library that has them by --tflite PATH", list);
}

bool computes_short_weights(const std::string& version) {
  // Measured: wrong in 2.17.1, right in 2.21.
  int major = 0;
  int minor = 0;
  return std::sscanf(version.c_str(), "%d.%d", &major, &minor) != 2 || major > 2 || (major == 2 && minor >= 21);
}

}  // namespace dflare::tflite
