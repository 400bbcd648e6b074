// Creating, resizing and invoking interpreters.
#include "query/tflite/interpreter.h"

#include <fmt/format.h>

#include <algorithm>

#include "dflare/error.h"

namespace dflare::tflite {
namespace {

ElementType element_type(const std::string& model, const char* name, Type type) {
  switch (type) {
    case kFloat32:
      return ElementType::kFloat32;
    case kFloat16:
      return ElementType::kFloat16;
    case kUint8:
      return ElementType::kUint8;
    case kInt8:
      return ElementType::kInt8;
  }
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: '{}' holds values of a kind that dflare does not read (TensorFlow Lite type {})", model,
                          name, static_cast<int>(type)),
              "expected float32, float16, uint8 or int8 images and scores");
}

Model* create_model(const Api& api, const std::string& path, std::string& message) {
  if (api.ModelCreateFromFileWithErrorReporter == nullptr) return api.ModelCreateFromFile(path.c_str());
  return api.ModelCreateFromFileWithErrorReporter(path.c_str(), keep_message, &message);
}

}  // namespace

ModelFile::ModelFile(const std::filesystem::path& path, const ModelOptions& options)
    : api_(tflite::api(options)), path_(path.string()), options_(options), model_(nullptr, api_.ModelDelete) {
  std::string message;
  model_.reset(create_model(api_, path_, message));
  if (model_ != nullptr) return;
  throw Error(ErrorCode::kBadInput, fmt::format("{}: is no whole TensorFlow Lite model. {}", path_, message),
              "convert or download the model again");
}

RowsInterpreter::RowsInterpreter(std::shared_ptr<const ModelFile> file, std::span<const std::int64_t> dims)
    : file_(std::move(file)), api_(file_->api()) {
  create();
  if (!dims.empty()) resize(dims);
  check(api_.InterpreterAllocateTensors(interpreter_.get()), "cannot be laid out");
}

void RowsInterpreter::create() {
  const ModelOptions& wanted = file_->options();
  const std::unique_ptr<Options, void (*)(Options*)> options(api_.InterpreterOptionsCreate(),
                                                             api_.InterpreterOptionsDelete);
  api_.InterpreterOptionsSetNumThreads(options.get(), wanted.threads);
  api_.InterpreterOptionsSetErrorReporter(options.get(), keep_message, message_.get());
  if (wanted.tflite_kernels == TfliteKernels::kXnnpack) {
    if (api_.XNNPackDelegateCreate == nullptr) {
      throw Error(ErrorCode::kModelFailed, "this library of TensorFlow Lite was built without XNNPACK",
                  "use --tflite-kernels builtin, or name another library by --tflite PATH");
    }
    auto xnnpack = api_.XNNPackDelegateOptionsDefault();
    xnnpack.num_threads = wanted.threads;
    delegate_ = {api_.XNNPackDelegateCreate(&xnnpack), api_.XNNPackDelegateDelete};
    api_.InterpreterOptionsAddDelegate(options.get(), delegate_.get());
  }
  interpreter_ = {api_.InterpreterCreate(file_->handle(), options.get()), api_.InterpreterDelete};
  if (interpreter_ == nullptr) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: TensorFlow Lite cannot run it. {}", file_->path(), *message_),
                "models with operators of their own are not supported; a newer library may be named by --tflite PATH");
  }
}

void RowsInterpreter::resize(std::span<const std::int64_t> dims) {
  std::vector<int> sizes;
  for (const auto dim : dims) sizes.push_back(static_cast<int>(dim));
  check(api_.InterpreterResizeInputTensor(interpreter_.get(), 0, sizes.data(), static_cast<std::int32_t>(sizes.size())),
        "cannot be resized");
}

void RowsInterpreter::check(Status status, const char* what) const {
  if (status == kOk) return;
  throw Error(ErrorCode::kModelFailed, fmt::format("{}: {}. TensorFlow Lite: {}", file_->path(), what, *message_));
}

int RowsInterpreter::inputs() const { return api_.InterpreterGetInputTensorCount(interpreter_.get()); }

std::vector<std::string> RowsInterpreter::output_names() const {
  std::vector<std::string> names;
  for (int i = 0; i < api_.InterpreterGetOutputTensorCount(interpreter_.get()); ++i) {
    names.emplace_back(api_.TensorName(api_.InterpreterGetOutputTensor(interpreter_.get(), i)));
  }
  return names;
}

TensorFacts RowsInterpreter::facts(const Tensor* tensor) const {
  TensorFacts result;
  result.name = api_.TensorName(tensor);
  result.type = element_type(file_->path(), result.name.c_str(), api_.TensorType(tensor));
  const auto quantisation = api_.TensorQuantizationParams(tensor);
  result.quantisation = {quantisation.scale, quantisation.zero_point};
  for (int i = 0; i < api_.TensorNumDims(tensor); ++i) result.dims.push_back(api_.TensorDim(tensor, i));
  return result;
}

TensorFacts RowsInterpreter::input() const { return facts(api_.InterpreterGetInputTensor(interpreter_.get(), 0)); }

TensorFacts RowsInterpreter::output(std::size_t index) const {
  return facts(api_.InterpreterGetOutputTensor(interpreter_.get(), static_cast<std::int32_t>(index)));
}

bool RowsInterpreter::stateful() const {
  return api_.InterpreterGetVariableTensorCount != nullptr &&
         api_.InterpreterGetVariableTensorCount(interpreter_.get()) > 0;
}

std::byte* RowsInterpreter::input_memory() const {
  return static_cast<std::byte*>(api_.TensorData(api_.InterpreterGetInputTensor(interpreter_.get(), 0)));
}

const std::byte* RowsInterpreter::output_memory(std::size_t index) const {
  const auto* tensor = api_.InterpreterGetOutputTensor(interpreter_.get(), static_cast<std::int32_t>(index));
  return static_cast<const std::byte*>(api_.TensorData(tensor));
}

void RowsInterpreter::invoke() {
  if (api_.InterpreterResetVariableTensors != nullptr) {
    check(api_.InterpreterResetVariableTensors(interpreter_.get()), "its state cannot be reset");
  }
  check(api_.InterpreterInvoke(interpreter_.get()), "failed");
}

}  // namespace dflare::tflite
