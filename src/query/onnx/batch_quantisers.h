// ONNX operators that quantise a whole batch by one scale.
#pragma once

#include <filesystem>

namespace dflare {

// Whether an ONNX file holds such an operator, in its graph or any subgraph or function. False for other files.
bool quantises_batches(const std::filesystem::path& path);

}  // namespace dflare
