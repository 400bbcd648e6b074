// The part of TensorFlow Lite's C API that dflare calls, declared by hand and opened at run time.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <string>

#include "dflare/model.h"

namespace dflare::tflite {

// Handles of the library; none of them is ever looked into.
struct Model;
struct Options;
struct Interpreter;
struct Tensor;
struct Delegate;

enum Status : int { kOk = 0 };
enum Type : int { kFloat32 = 1, kUint8 = 3, kInt8 = 9, kFloat16 = 10 };
struct QuantizationParams {
  float scale;
  std::int32_t zero_point;
};
// Returned by value, and longer in newer libraries than in older ones: what is known of it, and room.
struct XnnpackOptions {
  std::int32_t num_threads;
  std::byte rest[1020];
};
using Reporter = void (*)(void* user, const char* format, std::va_list arguments);

// The functions, by the library's own names without TfLite.
// NOLINTBEGIN(readability-identifier-naming)
struct Api {
  const char* (*Version)();
  Model* (*ModelCreateFromFile)(const char*);
  void (*ModelDelete)(Model*);
  Options* (*InterpreterOptionsCreate)();
  void (*InterpreterOptionsDelete)(Options*);
  void (*InterpreterOptionsSetNumThreads)(Options*, std::int32_t);
  void (*InterpreterOptionsSetErrorReporter)(Options*, Reporter, void*);
  void (*InterpreterOptionsAddDelegate)(Options*, Delegate*);
  Interpreter* (*InterpreterCreate)(const Model*, const Options*);
  void (*InterpreterDelete)(Interpreter*);
  std::int32_t (*InterpreterGetInputTensorCount)(const Interpreter*);
  Tensor* (*InterpreterGetInputTensor)(const Interpreter*, std::int32_t);
  Status (*InterpreterResizeInputTensor)(Interpreter*, std::int32_t, const int*, std::int32_t);
  Status (*InterpreterAllocateTensors)(Interpreter*);
  Status (*InterpreterInvoke)(Interpreter*);
  std::int32_t (*InterpreterGetOutputTensorCount)(const Interpreter*);
  const Tensor* (*InterpreterGetOutputTensor)(const Interpreter*, std::int32_t);
  Type (*TensorType)(const Tensor*);
  std::int32_t (*TensorNumDims)(const Tensor*);
  std::int32_t (*TensorDim)(const Tensor*, std::int32_t);
  std::size_t (*TensorByteSize)(const Tensor*);
  void* (*TensorData)(const Tensor*);
  const char* (*TensorName)(const Tensor*);
  QuantizationParams (*TensorQuantizationParams)(const Tensor*);

  // Null where a library was built without them.
  Model* (*ModelCreateFromFileWithErrorReporter)(const char*, Reporter, void*);
  Status (*InterpreterResetVariableTensors)(Interpreter*);
  std::int32_t (*InterpreterGetVariableTensorCount)(const Interpreter*);
  XnnpackOptions (*XNNPackDelegateOptionsDefault)();
  Delegate* (*XNNPackDelegateCreate)(const XnnpackOptions*);
  void (*XNNPackDelegateDelete)(Delegate*);
};
// NOLINTEND(readability-identifier-naming)

// Loads on the first call, one library a path; it stays until the process ends. Throws kModelFailed when it is missing
// or lacks a function.
const Api& api(const ModelOptions& options);

// A reporter that keeps the last message; `user` is a std::string.
void keep_message(void* user, const char* format, std::va_list arguments);

}  // namespace dflare::tflite
