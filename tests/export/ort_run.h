// An ONNX file run as any program would: by the runtime's C API, without the library's own reading of models.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "query/onnx/onnx_runtime.h"

namespace dflare::testing_export {

// Every output by name, as doubles: floats as they are, booleans as 0 and 1.
inline std::map<std::string, std::vector<double>> ort_run(const std::filesystem::path& file,
                                                          const std::vector<float>& values,
                                                          const std::vector<std::int64_t>& dims) {
  const OnnxRuntime& runtime = onnx_runtime({});
  const OrtApi& api = *runtime.api;
  OrtSessionOptions* settings = nullptr;
  runtime.check(api.CreateSessionOptions(&settings));
  OrtSession* session = nullptr;
  runtime.check(api.CreateSession(runtime.environment, file.c_str(), settings, &session));
  OrtAllocator* allocator = nullptr;
  runtime.check(api.GetAllocatorWithDefaultOptions(&allocator));
  char* input_name = nullptr;
  runtime.check(api.SessionGetInputName(session, 0, allocator, &input_name));
  OrtMemoryInfo* place = nullptr;
  runtime.check(api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &place));
  OrtValue* input = nullptr;
  runtime.check(api.CreateTensorWithDataAsOrtValue(place, const_cast<float*>(values.data()),
                                                   values.size() * sizeof(float), dims.data(), dims.size(),
                                                   ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
  std::size_t count = 0;
  runtime.check(api.SessionGetOutputCount(session, &count));
  std::map<std::string, std::vector<double>> outputs;
  for (std::size_t i = 0; i < count; ++i) {
    char* name = nullptr;
    runtime.check(api.SessionGetOutputName(session, i, allocator, &name));
    OrtValue* output = nullptr;
    runtime.check(api.Run(session, nullptr, &input_name, &input, 1, &name, 1, &output));
    OrtTensorTypeAndShapeInfo* shape = nullptr;
    runtime.check(api.GetTensorTypeAndShape(output, &shape));
    ONNXTensorElementDataType type{};
    std::size_t elements = 0;
    runtime.check(api.GetTensorElementType(shape, &type));
    runtime.check(api.GetTensorShapeElementCount(shape, &elements));
    void* data = nullptr;
    runtime.check(api.GetTensorMutableData(output, &data));
    std::vector<double>& row = outputs[name];
    for (std::size_t k = 0; k < elements; ++k) {
      row.push_back(type == ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL ? static_cast<double>(static_cast<bool*>(data)[k])
                                                               : static_cast<double>(static_cast<float*>(data)[k]));
    }
    api.ReleaseTensorTypeAndShapeInfo(shape);
    api.ReleaseValue(output);
    allocator->Free(allocator, name);
  }
  allocator->Free(allocator, input_name);
  api.ReleaseValue(input);
  api.ReleaseMemoryInfo(place);
  api.ReleaseSession(session);
  api.ReleaseSessionOptions(settings);
  return outputs;
}

}  // namespace dflare::testing_export
