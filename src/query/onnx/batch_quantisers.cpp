// Looks for ONNX operators that quantise a whole batch by one scale.
#include "query/onnx/batch_quantisers.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace dflare {
namespace {

constexpr std::array<std::string_view, 3> kOperators{"DynamicQuantizeLinear", "DynamicQuantizeMatMul",
                                                     "DynamicQuantizeLSTM"};

// How a node of ONNX's protobuf says its operator: field 4, length, name. The bytes are the same in the graph, in a
// subgraph and in a function, and a node's name or a comment (other fields) is not taken for it.
std::string as_op_type(std::string_view name) {
  constexpr char kOpTypeField = 4 << 3 | 2;
  return std::string{kOpTypeField, static_cast<char>(name.size())}.append(name);
}

}  // namespace

bool quantises_batches(const std::filesystem::path& path) {
  std::array<std::string, kOperators.size()> wanted;
  std::ranges::transform(kOperators, wanted.begin(), as_op_type);
  constexpr std::size_t kChunk = 1U << 22U;
  constexpr std::size_t kOverlap = 64;  // longer than each of them
  std::ifstream file(path, std::ios::binary);
  std::string window;
  std::string chunk(kChunk, '\0');
  while (file.read(chunk.data(), static_cast<std::streamsize>(kChunk)), file.gcount() > 0) {
    window.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
    const auto holds = [&window](const std::string& op) { return window.find(op) != std::string::npos; };
    if (std::ranges::any_of(wanted, holds)) return true;
    window.erase(0, window.size() - std::min(window.size(), kOverlap));
  }
  return false;
}

}  // namespace dflare
