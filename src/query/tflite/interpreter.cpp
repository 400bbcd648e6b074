// Creating, resizing and invoking interpreters.
#include "query/tflite/interpreter.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "core/files.h"
#include "dflare/error.h"
#include "query/tflite/weights_inside.h"

namespace dflare::tflite {
namespace {

std::string type_name(int type) {
  static constexpr std::array kNames{"none",     "float32",   "int32",  "uint8",   "int64",   "string",     "bool",
                                     "int16",    "complex64", "int8",   "float16", "float64", "complex128", "uint64",
                                     "resource", "variant",   "uint32", "uint16",  "int4",    "bfloat16"};
  const bool known = type >= 0 && static_cast<std::size_t>(type) < kNames.size();
  return known ? kNames[static_cast<std::size_t>(type)] : fmt::format("{}, which dflare does not know", type);
}

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
    case kInt16:
      return ElementType::kInt16;
    case kInt32:
      return ElementType::kInt32;
  }
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: '{}' holds values of type {}, expected float32, float16, uint8, int8, int16 or int32",
                          model, name, type_name(type)),
              "convert the model with an input and output of one of these types");
}

Model* create_model(const Api& api, const std::vector<std::uint8_t>& bytes, Messages& messages) {
  if (api.ModelCreateWithErrorReporter == nullptr) return api.ModelCreate(bytes.data(), bytes.size());
  return api.ModelCreateWithErrorReporter(bytes.data(), bytes.size(), Messages::write, &messages);
}

// Its options differ in size from library to library: so the library's own defaults are used, and changed where they
// lie. nullptr where a library offers no way to do that.
Delegate* create_xnnpack(const Api& api, int threads) {
  Delegate* const usual = api.XNNPackDelegateCreate(nullptr);
  if (threads == 1 || usual == nullptr) return usual;
  Delegate* threaded = nullptr;
  if (api.XNNPackDelegateGetOptions != nullptr) {
    auto* const options = const_cast<XnnpackOptions*>(api.XNNPackDelegateGetOptions(usual));
    options->num_threads = threads;
    threaded = api.XNNPackDelegateCreate(options);
  }
  api.XNNPackDelegateDelete(usual);
  return threaded;
}

// The library for the model: a newer one than usual where the model needs it, none was named and one is there.
const Api& api_for(const std::string& path, const ModelNeeds& needs, const ModelOptions& options) {
  const Api& usual = tflite::api(options);
  if (!needs.short_weights || computes_short_weights(usual.Version())) return usual;
  if (const Api* const newer = newer_api(options)) return *newer;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: holds values of fewer than 8 bits, which TensorFlow Lite {} computes wrongly", path,
                          usual.Version()),
              "fetch a newer library: cmake/fetch_runtimes.sh tflite-new; or name one of version 2.21 or newer by "
              "--tflite PATH");
}

}  // namespace

ModelFile::ModelFile(const std::filesystem::path& path, const ModelOptions& options)
    : path_(path.string()),
      options_(options),
      bytes_(read_file(path)),
      needs_(needs_of(bytes_)),
      api_(api_for(path_, needs_, options)),
      model_(nullptr, api_.ModelDelete) {
  bring_weights_inside(path_, bytes_);
  model_.reset(create_model(api_, bytes_, messages_));
  if (model_ != nullptr) return;
  throw Error(ErrorCode::kBadInput, fmt::format("{}: is no whole TensorFlow Lite model. {}", path_, messages_.text()),
              "convert or download the model again");
}

RowsInterpreter::RowsInterpreter(std::shared_ptr<const ModelFile> file, std::span<const std::int64_t> dims,
                                 const ChosenInputs& chosen)
    : file_(std::move(file)), asked_(static_cast<std::int32_t>(chosen.asked)), api_(file_->api()) {
  create();
  if (!dims.empty()) resize(dims);
  check(api_.InterpreterAllocateTensors(interpreter_.get()), "cannot be laid out");
  for (const auto& [input, value] : chosen.set) set(input, value);
}

// Of one that is not asked, for good: nothing else writes there.
void RowsInterpreter::set(std::size_t input, double value) {
  Tensor* const tensor = api_.InterpreterGetInputTensor(interpreter_.get(), static_cast<std::int32_t>(input));
  const TensorFacts of = facts(tensor);
  const std::uint32_t bits = encode(static_cast<float>(value), of.type, of.quantisation);
  std::size_t elements = 1;
  for (const std::int64_t d : of.dims) elements *= static_cast<std::size_t>(d);
  auto* to = static_cast<std::byte*>(api_.TensorData(tensor));
  for (std::size_t i = 0; i < elements; ++i, to += size_of(of.type)) std::memcpy(to, &bits, size_of(of.type));
}

void RowsInterpreter::create() {
  const ModelOptions& wanted = file_->options();
  const std::unique_ptr<Options, void (*)(Options*)> options(api_.InterpreterOptionsCreate(),
                                                             api_.InterpreterOptionsDelete);
  api_.InterpreterOptionsSetNumThreads(options.get(), wanted.threads);
  api_.InterpreterOptionsSetErrorReporter(options.get(), Messages::write, messages_.get());
  if (wanted.tflite_kernels == TfliteKernels::kXnnpack) add_xnnpack(options.get());
  interpreter_ = {api_.InterpreterCreate(file_->handle(), options.get()), api_.InterpreterDelete};
  check(interpreter_ == nullptr ? kError : kOk, "cannot be run", ErrorCode::kBadInput);
}

void RowsInterpreter::add_xnnpack(Options* options) {
  const ModelOptions& wanted = file_->options();
  if (api_.XNNPackDelegateCreate == nullptr || api_.XNNPackDelegateDelete == nullptr) {
    throw Error(ErrorCode::kModelFailed, "this library of TensorFlow Lite was built without XNNPACK",
                "use --tflite-kernels builtin, or name another library by --tflite PATH");
  }
  delegate_ = {create_xnnpack(api_, wanted.threads), api_.XNNPackDelegateDelete};
  if (delegate_ == nullptr) {
    throw Error(ErrorCode::kModelFailed,
                fmt::format("TensorFlow Lite {} cannot run XNNPACK with {} threads", api_.Version(), wanted.threads),
                "use --threads 1, or name a newer library by --tflite PATH");
  }
  api_.InterpreterOptionsAddDelegate(options, delegate_.get());
}

void RowsInterpreter::resize(std::span<const std::int64_t> dims) {
  std::vector<int> sizes;
  for (const auto dim : dims) sizes.push_back(static_cast<int>(dim));
  check(api_.InterpreterResizeInputTensor(interpreter_.get(), asked_, sizes.data(),
                                          static_cast<std::int32_t>(sizes.size())),
        "cannot be resized");
}

void RowsInterpreter::check(Status status, const char* what, ErrorCode code) const {
  if (status == kOk) {
    messages_->clear();
    return;
  }
  const std::string hint = hint_on(file_->needs());
  throw Error(hint.empty() ? code : ErrorCode::kBadInput,
              fmt::format("{}: {}. TensorFlow Lite {}: {}", file_->path(), what, api_.Version(), messages_->text()),
              hint);
}

std::vector<NamedTensor> RowsInterpreter::inputs() const {
  std::vector<NamedTensor> inputs;
  for (int i = 0; i < api_.InterpreterGetInputTensorCount(interpreter_.get()); ++i) {
    const Tensor* const tensor = api_.InterpreterGetInputTensor(interpreter_.get(), i);
    inputs.push_back({api_.TensorName(tensor), dims_of(tensor)});
  }
  return inputs;
}

std::vector<NamedOutput> RowsInterpreter::outputs() const {
  std::vector<NamedOutput> outputs;
  for (int i = 0; i < api_.InterpreterGetOutputTensorCount(interpreter_.get()); ++i) {
    const Tensor* const tensor = api_.InterpreterGetOutputTensor(interpreter_.get(), i);
    outputs.push_back({api_.TensorName(tensor), dims_of(tensor)});
  }
  return outputs;
}

Dims RowsInterpreter::dims_of(const Tensor* tensor) const {
  Dims dims;
  for (int i = 0; i < api_.TensorNumDims(tensor); ++i) dims.push_back(api_.TensorDim(tensor, i));
  return dims;
}

TensorFacts RowsInterpreter::facts(const Tensor* tensor) const {
  TensorFacts result;
  result.name = api_.TensorName(tensor);
  result.type = element_type(file_->path(), result.name.c_str(), api_.TensorType(tensor));
  const auto quantisation = api_.TensorQuantizationParams(tensor);
  result.quantisation = {quantisation.scale, quantisation.zero_point};
  result.dims = dims_of(tensor);
  return result;
}

TensorFacts RowsInterpreter::input() const { return facts(api_.InterpreterGetInputTensor(interpreter_.get(), asked_)); }

TensorFacts RowsInterpreter::output(std::size_t index) const {
  return facts(api_.InterpreterGetOutputTensor(interpreter_.get(), static_cast<std::int32_t>(index)));
}

bool RowsInterpreter::stateful() const {
  return api_.InterpreterGetVariableTensorCount != nullptr &&
         api_.InterpreterGetVariableTensorCount(interpreter_.get()) > 0;
}

std::byte* RowsInterpreter::input_memory() const {
  return static_cast<std::byte*>(api_.TensorData(api_.InterpreterGetInputTensor(interpreter_.get(), asked_)));
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
