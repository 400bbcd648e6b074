// Loading TensorFlow Lite.
#include "query/tflite/tflite_api.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <utility>

#include "dflare/error.h"
#include "query/library.h"

namespace dflare::tflite {
namespace {

const RuntimeSpec& spec() {
  static const RuntimeSpec tflite{
      "TensorFlow Lite",
      "DFLARE_TFLITE",
      "--tflite",
      "tflite",
      {"libtensorflowlite_c.so"},
      "pymicro_wakeword/lib/libtensorflowlite_c.so",
      {"libtensorflowlite_c.so", "libtensorflow-lite.so"},
  };
  return tflite;
}

const RuntimeSpec& newer_spec() {
  static const RuntimeSpec newer{
      "TensorFlow Lite 2.21", "DFLARE_TFLITE", "--tflite", "tflite-new", {"libtensorflowlite_c.so.2.21"}, "", {},
  };
  return newer;
}

class Loader {
 public:
  explicit Loader(OpenedLibrary library) : library_(std::move(library)) {}

  template <class Function>
  void optional(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(find_symbol(library_, fmt::format("TfLite{}", name)));
  }
  template <class Function>
  void required(Function& function, const char* name) const {
    optional(function, name);
    if (function != nullptr) return;
    throw Error(
        ErrorCode::kModelFailed,
        fmt::format("{}: lacks TfLite{}: no C library of TensorFlow Lite, or too old", library_.path.string(), name),
        "name libtensorflowlite_c.so 2.6 or newer by --tflite PATH");
  }

 private:
  OpenedLibrary library_;
};

Api load(const RuntimeSpec& which, const std::filesystem::path& chosen) {
  OpenedLibrary library = open_runtime(which, chosen);
  const Loader loader(library);
  Api api{};
  api.library = std::move(library.path);
#define DFLARE_REQUIRED(name) loader.required(api.name, #name)
#define DFLARE_OPTIONAL(name) loader.optional(api.name, #name)
  DFLARE_REQUIRED(Version);
  DFLARE_REQUIRED(ModelCreate);
  DFLARE_REQUIRED(ModelDelete);
  DFLARE_REQUIRED(InterpreterOptionsCreate);
  DFLARE_REQUIRED(InterpreterOptionsDelete);
  DFLARE_REQUIRED(InterpreterOptionsSetNumThreads);
  DFLARE_REQUIRED(InterpreterOptionsSetErrorReporter);
  DFLARE_REQUIRED(InterpreterOptionsAddDelegate);
  DFLARE_REQUIRED(InterpreterCreate);
  DFLARE_REQUIRED(InterpreterDelete);
  DFLARE_REQUIRED(InterpreterGetInputTensorCount);
  DFLARE_REQUIRED(InterpreterGetInputTensor);
  DFLARE_REQUIRED(InterpreterResizeInputTensor);
  DFLARE_REQUIRED(InterpreterAllocateTensors);
  DFLARE_REQUIRED(InterpreterInvoke);
  DFLARE_REQUIRED(InterpreterGetOutputTensorCount);
  DFLARE_REQUIRED(InterpreterGetOutputTensor);
  DFLARE_REQUIRED(TensorType);
  DFLARE_REQUIRED(TensorNumDims);
  DFLARE_REQUIRED(TensorDim);
  DFLARE_REQUIRED(TensorByteSize);
  DFLARE_REQUIRED(TensorData);
  DFLARE_REQUIRED(TensorName);
  DFLARE_REQUIRED(TensorQuantizationParams);
  DFLARE_OPTIONAL(ModelCreateWithErrorReporter);
  DFLARE_OPTIONAL(InterpreterResetVariableTensors);
  DFLARE_OPTIONAL(InterpreterGetVariableTensorCount);
  DFLARE_OPTIONAL(XNNPackDelegateCreate);
  DFLARE_OPTIONAL(XNNPackDelegateDelete);
  DFLARE_OPTIONAL(XNNPackDelegateGetOptions);
#undef DFLARE_REQUIRED
#undef DFLARE_OPTIONAL
  return api;
}

}  // namespace

const Api& api(const ModelOptions& options) {
  static std::mutex mutex;
  static auto* const loaded = new std::map<std::string, Api>;  // outlives every static that holds a model
  const std::lock_guard lock(mutex);
  const auto key = wanted_path(spec(), options.tflite).string();
  if (const auto found = loaded->find(key); found != loaded->end()) return found->second;
  return loaded->emplace(key, load(spec(), options.tflite)).first->second;
}

const Api* newer_api(const ModelOptions& options) {
  if (!wanted_path(spec(), options.tflite).empty()) return nullptr;
  static const Api* const newer = []() -> const Api* {
    try {
      return new Api(load(newer_spec(), {}));  // outlives every static that holds a model
    } catch (const Error&) {
      return nullptr;
    }
  }();
  return newer;
}

}  // namespace dflare::tflite
