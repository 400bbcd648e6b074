// Weights beside an ONNX model, read instead of mapped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "query/onnx/onnx_runtime.h"

namespace dflare {

// Reads the files beside `model` that hold its weights and hands them to `options`, so that what happens to the files
// later changes nothing. Lives until the session is made, which copies what it needs. Does nothing, and the runtime
// maps the files itself, where there are none, one cannot be read (the runtime says why), they are larger than 1 GiB,
// or the library is older than 1.18.
class WeightsInMemory {
 public:
  WeightsInMemory(const OnnxRuntime& runtime, const std::filesystem::path& model, OrtSessionOptions* options);

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::uint8_t>> contents_;
};

}  // namespace dflare
