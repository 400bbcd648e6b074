// A library that says it is ONNX Runtime 1.9, for the message about runtimes that are too old.
#include <onnxruntime_c_api.h>

namespace {

const OrtApi* ORT_API_CALL no_api(uint32_t) noexcept { return nullptr; }
const char* ORT_API_CALL old_version() noexcept { return "1.9.0"; }

}  // namespace

extern "C" const OrtApiBase* OrtGetApiBase() noexcept {
  static const OrtApiBase base{no_api, old_version};
  return &base;
}
