// Which runtimes open_model() would use.
#include "dflare/runtimes.h"

#include <functional>

#include "dflare/error.h"
#include "query/onnx/onnx_runtime.h"
#include "query/tflite/tflite_api.h"

namespace dflare {
namespace {

RuntimeFound look(RuntimeFound runtime, const std::function<void(RuntimeFound&)>& load) {
  try {
    load(runtime);
  } catch (const Error& e) {
    runtime.problem = e.what();
  }
  return runtime;
}

}  // namespace

std::vector<RuntimeFound> find_runtimes(const ModelOptions& options) {
  return {look({.name = "onnxruntime"},
               [&](RuntimeFound& found) {
                 const OnnxRuntime& runtime = onnx_runtime(options);
                 found.version = runtime.version;
                 found.library = runtime.library;
               }),
          look({.name = "tflite"}, [&](RuntimeFound& found) {
            const tflite::Api& api = tflite::api(options);
            found.version = api.Version();
            found.library = api.library;
          })};
}

}  // namespace dflare
