// Which runtimes open_model() would use.
#include "dflare/runtimes.h"

#include <functional>

#include "dflare/error.h"
#include "query/onnx/onnx_runtime.h"
#include "query/tflite/tflite_api.h"

namespace dflare {
namespace {

RuntimeFound look(const std::string& name, const std::function<std::string()>& version) {
  try {
    return {name, version(), {}};
  } catch (const Error& e) {
    return {name, {}, e.what()};
  }
}

}  // namespace

std::vector<RuntimeFound> find_runtimes(const ModelOptions& options) {
  return {look("onnxruntime", [&] { return onnx_runtime(options).version; }),
          look("tflite", [&] { return std::string(tflite::api(options).Version()); })};
}

}  // namespace dflare
