// The part of TensorFlow Lite's C API that dflare calls, declared by hand and opened at run time.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "dflare/model.h"

namespace dflare::tflite {

// Handles of the library; none of them is ever looked into.
struct Model;
struct Options;
struct Interpreter;
struct Tensor;
struct Delegate;

enum Status : int { kOk = 0, kError = 1 };
enum Type : int { kFloat32 = 1, kInt32 = 2, kUint8 = 3, kInt16 = 7, kInt8 = 9, kFloat16 = 10 };
struct QuantizationParams {
  float scale;
  std::int32_t zero_point;
};
// Longer in newer libraries than in older ones, and therefore never held by value: what each begins with.
struct XnnpackOptions {
  std::int32_t num_threads;
};
using Reporter = void (*)(void* user, const char* format, std::va_list arguments);

// The library's path, and its functions by the library's own names without TfLite.
// NOLINTBEGIN(readability-identifier-naming)
struct Api {
  std::filesystem::path library;
  const char* (*Version)();
  Model* (*ModelCreate)(const void*, std::size_t);
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
  Model* (*ModelCreateWithErrorReporter)(const void*, std::size_t, Reporter, void*);
  Status (*InterpreterResetVariableTensors)(Interpreter*);
  std::int32_t (*InterpreterGetVariableTensorCount)(const Interpreter*);
  Delegate* (*XNNPackDelegateCreate)(const XnnpackOptions*);
  void (*XNNPackDelegateDelete)(Delegate*);
  const XnnpackOptions* (*XNNPackDelegateGetOptions)(Delegate*);
};
// NOLINTEND(readability-identifier-naming)

// Loads on the first call, one library a path; it stays until the process ends. Throws kModelFailed when it is missing
// or lacks a function.
const Api& api(const ModelOptions& options);

// The newer library that can be fetched beside the usual one. Null where it is missing, or a library is named.
const Api* newer_api(const ModelOptions& options);

}  // namespace dflare::tflite
