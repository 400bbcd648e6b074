// ONNX Runtime, opened at run time through its C API.
#pragma once

#include <onnxruntime_c_api.h>

#include <filesystem>
#include <memory>
#include <string>

#include "dflare/model.h"

namespace dflare {

// One of ONNX Runtime's objects, released when it goes.
template <class T>
using OrtHandle = std::unique_ptr<T, void (*)(T*)>;

// A loaded library with its environment. Lives until the process ends.
struct OnnxRuntime {
  const OrtApi* api = nullptr;
  OrtEnv* environment = nullptr;
  std::string version;
  std::filesystem::path library;

  // Throws kModelFailed with the runtime's message.
  void check(OrtStatus* status) const;
};

// Loads on the first call, one runtime a library path. Throws kModelFailed when it is missing or too old.
const OnnxRuntime& onnx_runtime(const ModelOptions& options);

}  // namespace dflare
