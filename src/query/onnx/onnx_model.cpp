// A classifier that ONNX Runtime runs: one session shared by all clones, tensors laid out once a clone.
#include "query/onnx/onnx_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <optional>

#include "dflare/error.h"
#include "dflare/model_call.h"
#include "query/buffer.h"
#include "query/element.h"
#include "query/fill.h"
#include "query/onnx/onnx_runtime.h"
#include "query/onnx/weights_in_memory.h"
#include "query/rerun.h"
#include "query/tensors.h"

namespace dflare {
namespace {

// What the model says of one of its inputs or outputs. Of what is no tensor (a sequence, a map), the name alone.
struct TensorFacts {
  std::string name;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  Dims dims;
};

bool is_readable(ONNXTensorElementDataType type) {
  return type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 ||
         type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 || type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
}

// What to do about a model that the runtime does not open, by what it says.
std::string hint_on(const std::string& message) {
  const auto says = [&message](const char* words) { return message.find(words) != std::string::npos; };
  if (says("is not a registered function/op") || says("No opset import for domain") || says("No Op registered")) {
    return "it has operators that this library lacks: name a newer one by --onnxruntime PATH; operators of extensions "
           "cannot be run";
  }
  if (says("Protobuf parsing failed") || says("ModelProto does not have a graph")) {
    return "the file is damaged or cut off: export or download it again";
  }
  if (says("xternal data") || says("xternal initializer") || says("open file")) {
    return "its weights are in a file beside it: keep the two together";
  }
  return "if the model is newer than the library, name a newer one by --onnxruntime PATH";
}

std::string type_name(int type) {
  static constexpr std::array kNames{"sequence or map", "float32", "uint8",     "int8",       "uint16",  "int16",
                                     "int32",           "int64",   "string",    "bool",       "float16", "float64",
                                     "uint32",          "uint64",  "complex64", "complex128", "bfloat16"};
  const bool known = type >= 0 && static_cast<std::size_t>(type) < kNames.size();
  return known ? kNames[static_cast<std::size_t>(type)] : fmt::format("{} of ONNX", type);
}

ElementType element_type(const std::string& model, const TensorFacts& tensor) {
  switch (tensor.type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return ElementType::kFloat32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      return ElementType::kFloat16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return ElementType::kUint8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return ElementType::kInt8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16:
      return ElementType::kInt16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return ElementType::kInt32;
    default:
      break;
  }
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: '{}' holds values of type {}, expected float32, float16, uint8, int8, int16 or int32",
                          model, tensor.name, type_name(tensor.type)),
              "export the model with an input and output of one of these types");
}

// One value as an element of that type; its bytes. Throws kBadInput for types without numbers.
std::vector<std::byte> constant_of(const std::string& model, const TensorFacts& tensor, double value) {
  const auto bytes_of = [](auto number) {
    std::vector<std::byte> bytes(sizeof(number));
    std::memcpy(bytes.data(), &number, sizeof(number));
    return bytes;
  };
  switch (tensor.type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return bytes_of(static_cast<std::int64_t>(std::llround(value)));
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
      return bytes_of(value);
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return bytes_of(static_cast<std::uint8_t>(value != 0 ? 1 : 0));
    default:
      break;
  }
  const ElementType type = element_type(model, tensor);
  const std::uint32_t bits = encode(static_cast<float>(value), type, {});
  std::vector<std::byte> bytes = bytes_of(bits);
  bytes.resize(size_of(type));
  return bytes;
}

ONNXTensorElementDataType onnx_type(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    case ElementType::kFloat16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    case ElementType::kUint8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    case ElementType::kInt8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
    case ElementType::kInt16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16;
    case ElementType::kInt32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

// A session and everything that is known about it. Safe to use from several threads.
class OnnxSession {
 public:
  OnnxSession(const std::filesystem::path& path, const ModelOptions& options);

  [[nodiscard]] const ModelInfo& info() const { return info_; }
  [[nodiscard]] const Filler& filler() const { return *filler_; }
  // What is read of the model, in the order of a row's values.
  struct Output {
    std::string name;
    ElementType type{};
    Dims dims;
    std::size_t values = 0;  // of a row

    [[nodiscard]] std::size_t row_bytes() const { return values * size_of(type); }
  };
  [[nodiscard]] const std::vector<Output>& outputs() const { return outputs_; }

  [[nodiscard]] OrtHandle<OrtValue> input_tensor(std::size_t rows, std::byte* memory) const {
    return tensor(input_dims_, input_type_, rows, memory, rows * filler_->row_bytes());
  }
  [[nodiscard]] OrtHandle<OrtValue> output_tensor(const Output& output, std::size_t rows, std::byte* memory) const {
    return tensor(output.dims, output.type, rows, memory, rows * output.row_bytes());
  }
  // The inputs that are set, of a batch of so many rows, over memory of their own.
  struct SetInput {
    std::vector<std::byte> memory;
    OrtHandle<OrtValue> value;
  };
  [[nodiscard]] std::vector<SetInput> set_inputs(std::size_t rows) const;
  // The asked input and those that are set; as many outputs as there are outputs().
  void run(std::span<const OrtValue* const> inputs, std::span<OrtValue*> outputs) const;

  // Whether several rows can be asked at once; what one clone finds out, all know.
  enum class Batches { kUnknown, kYes, kNo };
  [[nodiscard]] Batches batches() const { return batches_; }
  void found(Batches batches) const { batches_ = batches; }

 private:
  [[nodiscard]] OrtHandle<OrtSession> create(const std::filesystem::path& path, const ModelOptions& options) const;
  [[nodiscard]] TensorFacts facts(bool input, std::size_t index) const;
  [[nodiscard]] ChosenInputs input_indices(const ModelOptions& options) const;
  [[nodiscard]] std::vector<std::size_t> output_indices(const ModelOptions& options) const;
  [[nodiscard]] Output output_of(std::size_t index, const ModelOptions& options) const;
  [[nodiscard]] Dims dims_of(const OrtTensorTypeAndShapeInfo* shape) const;
  [[nodiscard]] Dims output_dims_of_one_row(const std::string& output) const;
  [[nodiscard]] OrtHandle<OrtValue> tensor(Dims dims, ElementType type, std::size_t rows, std::byte* memory,
                                           std::size_t bytes) const;
  [[nodiscard]] OrtHandle<OrtValue> tensor(const Dims& dims, ONNXTensorElementDataType type, std::byte* memory,
                                           std::size_t bytes) const;

  const OnnxRuntime& runtime_;
  OrtHandle<OrtSession> session_;
  ModelInfo info_;
  ElementType input_type_{};
  Dims input_dims_;
  struct Constant {
    TensorFacts tensor;
    std::vector<std::byte> element;
  };
  std::vector<Constant> constants_;       // the inputs that are set
  std::vector<const char*> input_names_;  // the asked one, then theirs
  std::vector<Output> outputs_;
  std::vector<const char*> output_names_;  // of outputs_, which stay once the session is made
  std::optional<Filler> filler_;
  mutable std::atomic<Batches> batches_{Batches::kUnknown};
};

OnnxSession::OnnxSession(const std::filesystem::path& path, const ModelOptions& options)
    : runtime_(onnx_runtime(options)), session_(create(path, options)) {
  info_.path = path.string();
  info_.runtime = "onnxruntime " + runtime_.version;
  const ChosenInputs chosen = input_indices(options);
  for (const auto& [index, value] : chosen.set) {
    TensorFacts constant = facts(true, index);
    std::vector<std::byte> element = constant_of(info_.path, constant, value);
    constants_.push_back({std::move(constant), std::move(element)});
  }
  const auto input = facts(true, chosen.asked);
  input_type_ = element_type(info_.path, input);
  const auto image = read_input_tensor(info_.path, input.dims, options, Layout::kNchw);
  info_.input_name = input.name;
  input_names_.push_back(info_.input_name.c_str());
  for (const Constant& constant : constants_) input_names_.push_back(constant.tensor.name.c_str());
  info_.kind = options.kind;
  info_.shape = image.shape;
  info_.layout = image.layout;
  info_.fixed_batch = static_cast<int>(std::max<std::int64_t>(image.dims[0], 0));
  input_dims_ = image.dims;
  info_.input_type = to_string(input_type_);
  filler_.emplace(info_.shape, info_.layout, options.preprocess, input_type_, Quantisation{});
  info_.levels = filler_->levels();
  for (const std::size_t index : output_indices(options)) {
    outputs_.push_back(output_of(index, options));
    const Output& output = outputs_.back();
    info_.classes += output.values;
    info_.parts.push_back(part_of(output.name, output.dims));
  }
  for (const Output& output : outputs_) output_names_.push_back(output.name.c_str());
  info_.output_name = outputs_.front().name;
  info_.output_type = to_string(outputs_.front().type);
  info_.scores = options.output_form == OutputForm::kScores;
}

OnnxSession::Output OnnxSession::output_of(std::size_t index, const ModelOptions& options) const {
  const TensorFacts output = facts(false, index);
  const ElementType type = element_type(info_.path, output);
  const bool open =
      output.dims.empty() || std::any_of(output.dims.begin() + 1, output.dims.end(), [](auto d) { return d < 0; });
  const Dims dims = open ? output_dims_of_one_row(output.name) : output.dims;
  return {output.name, type, dims, read_values(info_.path, dims, options.output_form)};
}

OrtHandle<OrtSession> OnnxSession::create(const std::filesystem::path& path, const ModelOptions& options) const {
  const OrtApi& api = *runtime_.api;
  OrtSessionOptions* raw_options = nullptr;
  runtime_.check(api.CreateSessionOptions(&raw_options));
  const OrtHandle<OrtSessionOptions> settings(raw_options, api.ReleaseSessionOptions);
  runtime_.check(api.SetIntraOpNumThreads(raw_options, options.threads));
  runtime_.check(api.SetInterOpNumThreads(raw_options, 1));
  // Threads that spin while they wait cost the other worker its core.
  runtime_.check(api.AddSessionConfigEntry(raw_options, "session.intra_op.allow_spinning", "0"));
  runtime_.check(api.AddSessionConfigEntry(raw_options, "session.inter_op.allow_spinning", "0"));
  const WeightsInMemory weights(runtime_, path, raw_options);  // until the session is made
  OrtSession* session = nullptr;
  try {
    runtime_.check(api.CreateSession(runtime_.environment, path.c_str(), raw_options, &session));
  } catch (const Error& error) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is no ONNX model that can be opened. {}", path.string(), error.what()),
                hint_on(error.what()));
  }
  return {session, api.ReleaseSession};
}

TensorFacts OnnxSession::facts(bool input, std::size_t index) const {
  const OrtApi& api = *runtime_.api;
  TensorFacts result;
  OrtAllocator* allocator = nullptr;
  runtime_.check(api.GetAllocatorWithDefaultOptions(&allocator));
  char* name = nullptr;
  runtime_.check((input ? api.SessionGetInputName : api.SessionGetOutputName)(session_.get(), index, allocator, &name));
  result.name = name;
  allocator->Free(allocator, name);

  OrtTypeInfo* raw_type = nullptr;
  runtime_.check(
      (input ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo)(session_.get(), index, &raw_type));
  const OrtHandle<OrtTypeInfo> type(raw_type, api.ReleaseTypeInfo);
  const OrtTensorTypeAndShapeInfo* shape = nullptr;
  runtime_.check(api.CastTypeInfoToTensorInfo(type.get(), &shape));
  if (shape == nullptr) return result;
  runtime_.check(api.GetTensorElementType(shape, &result.type));
  result.dims = dims_of(shape);
  return result;
}

ChosenInputs OnnxSession::input_indices(const ModelOptions& options) const {
  std::size_t count = 0;
  runtime_.check(runtime_.api->SessionGetInputCount(session_.get(), &count));
  std::vector<NamedTensor> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    const TensorFacts input = facts(true, i);
    inputs.push_back({input.name, input.dims});
  }
  return choose_inputs(info_.path, inputs, options);
}

// The output that is named; else the only one; else the only one that can hold a row of scores a row of the batch:
// models also give labels, or whether they should be trusted. One of a single dimension is the last resort.
std::vector<std::size_t> OnnxSession::output_indices(const ModelOptions& options) const {
  std::size_t count = 0;
  runtime_.check(runtime_.api->SessionGetOutputCount(session_.get(), &count));
  std::vector<NamedOutput> outputs;
  std::vector<std::size_t> scores;
  std::vector<std::size_t> single_rows;
  for (std::size_t i = 0; i < count; ++i) {
    const TensorFacts output = facts(false, i);
    outputs.push_back({output.name, output.dims});
    if (is_readable(output.type) && output.dims.size() >= 2) scores.push_back(i);
    if (is_readable(output.type) && output.dims.size() == 1 && output.dims[0] > 1) single_rows.push_back(i);
  }
  if (scores.empty()) scores = std::move(single_rows);
  const bool one_holds_scores = options.output_name.empty() && scores.size() == 1;
  if (one_holds_scores && options.output_form == OutputForm::kScores) return {scores.front()};
  return choose_outputs(info_.path, outputs, options);
}

Dims OnnxSession::dims_of(const OrtTensorTypeAndShapeInfo* shape) const {
  std::size_t rank = 0;
  runtime_.check(runtime_.api->GetDimensionsCount(shape, &rank));
  Dims dims(rank);
  runtime_.check(runtime_.api->GetDimensions(shape, dims.data(), rank));
  return dims;
}

// For models that do not declare that output's shape: asked once.
Dims OnnxSession::output_dims_of_one_row(const std::string& output_name) const {
  const OrtApi& api = *runtime_.api;
  TensorBuffer blank;
  const auto rows = static_cast<std::size_t>(std::max(info_.fixed_batch, 1));
  blank.grow(rows * filler_->row_bytes());
  const auto input = input_tensor(rows, blank.data());
  const std::vector<SetInput> constants = set_inputs(rows);
  std::vector<const OrtValue*> inputs{input.get()};
  for (const SetInput& constant : constants) inputs.push_back(constant.value.get());
  const char* output_names[] = {output_name.c_str()};
  OrtValue* raw_output = nullptr;
  runtime_.check(api.Run(session_.get(), nullptr, input_names_.data(), inputs.data(), inputs.size(), output_names, 1,
                         &raw_output));
  const OrtHandle<OrtValue> output(raw_output, api.ReleaseValue);
  OrtTensorTypeAndShapeInfo* raw_shape = nullptr;
  runtime_.check(api.GetTensorTypeAndShape(raw_output, &raw_shape));
  const OrtHandle<OrtTensorTypeAndShapeInfo> shape(raw_shape, api.ReleaseTensorTypeAndShapeInfo);
  return dims_of(raw_shape);
}

OrtHandle<OrtValue> OnnxSession::tensor(Dims dims, ElementType type, std::size_t rows, std::byte* memory,
                                        std::size_t bytes) const {
  if (dims.size() > 1) dims[0] = static_cast<std::int64_t>(rows);
  return tensor(dims, onnx_type(type), memory, bytes);
}

OrtHandle<OrtValue> OnnxSession::tensor(const Dims& dims, ONNXTensorElementDataType type, std::byte* memory,
                                        std::size_t bytes) const {
  const OrtApi& api = *runtime_.api;
  OrtMemoryInfo* raw_place = nullptr;
  runtime_.check(api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &raw_place));
  const OrtHandle<OrtMemoryInfo> place(raw_place, api.ReleaseMemoryInfo);
  OrtValue* value = nullptr;
  runtime_.check(api.CreateTensorWithDataAsOrtValue(raw_place, memory, bytes, dims.data(), dims.size(), type, &value));
  return {value, api.ReleaseValue};
}

std::vector<OnnxSession::SetInput> OnnxSession::set_inputs(std::size_t rows) const {
  std::vector<SetInput> all;
  for (const Constant& constant : constants_) {
    const Dims dims = dims_beside(constant.tensor.dims, input_dims_, rows);
    std::size_t elements = 1;
    for (const std::int64_t d : dims) elements *= static_cast<std::size_t>(std::max<std::int64_t>(d, 0));
    std::vector<std::byte> memory;
    for (std::size_t i = 0; i < elements; ++i) {
      memory.insert(memory.end(), constant.element.begin(), constant.element.end());
    }
    auto value = tensor(dims, constant.tensor.type, memory.data(), memory.size());
    all.push_back({std::move(memory), std::move(value)});  // what is moved stays where it is in memory
  }
  return all;
}

void OnnxSession::run(std::span<const OrtValue* const> inputs, std::span<OrtValue*> outputs) const {
  try {
    runtime_.check(runtime_.api->Run(session_.get(), nullptr, input_names_.data(), inputs.data(), inputs.size(),
                                     output_names_.data(), output_names_.size(), outputs.data()));
  } catch (const Error& error) {
    throw Error(ErrorCode::kModelFailed, fmt::format("{}: {}", info_.path, error.what()));
  }
}

class OnnxModel final : public Model, public Rerun {
 public:
  OnnxModel(std::shared_ptr<const OnnxSession> session, ModelInfo info)
      : session_(std::move(session)), info_(std::move(info)) {}

  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  void query(std::span<const InputView> inputs, Answers& out) override;
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<OnnxModel>(session_, info_); }
  void reserve(std::size_t rows) override { reserved_ = rows; }
  void rerun() override;

 private:
  // The tensors of one row count, over the clone's own memory.
  struct Binding {
    OrtHandle<OrtValue> input;
    std::vector<OnnxSession::SetInput> set;
    std::vector<OrtHandle<OrtValue>> outputs;
    std::vector<const OrtValue*> borrowed_inputs;
    std::vector<OrtValue*> borrowed;  // the outputs
  };

  void query_in_runs(std::span<const InputView> inputs, std::span<float> raw);
  bool only_single_rows(std::span<const InputView> inputs, std::span<float> raw);
  void run(std::span<const InputView> inputs, std::span<float> raw);
  Binding& binding(std::size_t rows);
  void read(std::size_t rows, std::span<float> raw) const;
  [[nodiscard]] std::size_t most_rows() const;

  std::shared_ptr<const OnnxSession> session_;
  ModelInfo info_;
  std::size_t reserved_ = 0;
  std::size_t last_rows_ = 0;  // of the last query
  TensorBuffer input_;
  std::vector<TensorBuffer> output_memory_;       // by output
  std::vector<std::optional<Binding>> bindings_;  // by rows
};

std::size_t OnnxModel::most_rows() const {
  return info_.fixed_batch > 0 ? static_cast<std::size_t>(info_.fixed_batch) : std::max(reserved_, kUsualRows);
}

void OnnxModel::query(std::span<const InputView> inputs, Answers& out) {
  const ModelCall call(ModelCall::Purpose::kAsk, info_.path);
  check_query(info_, inputs);
  const auto raw = out.prepare(inputs.size(), info_.classes);
  last_rows_ = inputs.size();
  if (session_->batches() == OnnxSession::Batches::kNo) info_.fixed_batch = 1;
  try {
    query_in_runs(inputs, raw);
    if (inputs.size() > 1 && session_->batches() == OnnxSession::Batches::kUnknown) {
      session_->found(OnnxSession::Batches::kYes);
    }
  } catch (const Error&) {
    const bool may_be_the_batch = inputs.size() > 1 && info_.fixed_batch == 0;
    if (!may_be_the_batch || session_->batches() == OnnxSession::Batches::kYes) throw;
    if (!only_single_rows(inputs, raw)) throw;
    session_->found(OnnxSession::Batches::kNo);
  }
}

// Some models declare an open batch and hold a hard-coded one inside. That is so if every row can be asked alone and no
// two together: other failures have other causes. Fills `raw` if so.
bool OnnxModel::only_single_rows(std::span<const InputView> inputs, std::span<float> raw) {
  info_.fixed_batch = 1;
  try {
    query_in_runs(inputs, raw);
  } catch (const Error&) {
    info_.fixed_batch = 0;
    return false;
  }
  info_.fixed_batch = 0;
  try {
    std::vector<float> two(2 * info_.classes);
    query_in_runs(inputs.first(2), two);
    return false;
  } catch (const Error&) {
    info_.fixed_batch = 1;
    return true;
  }
}

void OnnxModel::rerun() {
  for (std::size_t left = last_rows_; left > 0;) {
    const std::size_t rows = std::min(most_rows(), left);
    Binding& tensors = binding(info_.fixed_batch > 0 ? most_rows() : rows);
    session_->run(tensors.borrowed_inputs, tensors.borrowed);
    left -= rows;
  }
}

void OnnxModel::query_in_runs(std::span<const InputView> inputs, std::span<float> raw) {
  for (std::size_t first = 0; first < inputs.size();) {
    const std::size_t rows = std::min(most_rows(), inputs.size() - first);
    run(inputs.subspan(first, rows), raw.subspan(first * info_.classes, rows * info_.classes));
    first += rows;
  }
}

void OnnxModel::run(std::span<const InputView> inputs, std::span<float> raw) {
  const std::size_t rows = info_.fixed_batch > 0 ? static_cast<std::size_t>(info_.fixed_batch) : inputs.size();
  Binding& tensors = binding(rows);
  session_->filler().fill_rows(inputs, rows, input_.data());
  session_->run(tensors.borrowed_inputs, tensors.borrowed);
  read(inputs.size(), raw);
}

// Row by row where several outputs make up a row.
void OnnxModel::read(std::size_t rows, std::span<float> raw) const {
  std::size_t at = 0;
  for (std::size_t k = 0; k < output_memory_.size(); ++k) {
    const OnnxSession::Output& output = session_->outputs()[k];
    const std::byte* const memory = output_memory_[k].data();
    if (output_memory_.size() == 1) {
      decode(memory, output.type, Quantisation{}, raw);
      return;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      decode(memory + row * output.row_bytes(), output.type, Quantisation{},
             raw.subspan(row * info_.classes + at, output.values));
    }
    at += output.values;
  }
}

OnnxModel::Binding& OnnxModel::binding(std::size_t rows) {
  const std::size_t room = std::max(rows, std::min(most_rows(), std::max(reserved_, rows)));
  const std::vector<OnnxSession::Output>& outputs = session_->outputs();
  output_memory_.resize(outputs.size());
  bool moved = input_.grow(room * session_->filler().row_bytes());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    moved = output_memory_[k].grow(room * outputs[k].row_bytes()) || moved;
  }
  if (moved) bindings_.clear();
  if (bindings_.size() <= rows) bindings_.resize(rows + 1);
  auto& slot = bindings_[rows];
  if (slot) return *slot;
  slot.emplace(Binding{session_->input_tensor(rows, input_.data()), session_->set_inputs(rows), {}, {}, {}});
  slot->borrowed_inputs.push_back(slot->input.get());
  for (const OnnxSession::SetInput& set : slot->set) slot->borrowed_inputs.push_back(set.value.get());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    slot->outputs.push_back(session_->output_tensor(outputs[k], rows, output_memory_[k].data()));
    slot->borrowed.push_back(slot->outputs.back().get());
  }
  return *slot;
}

}  // namespace

std::unique_ptr<Model> open_onnx_model(const std::filesystem::path& path, const ModelOptions& options) {
  auto session = std::make_shared<const OnnxSession>(path, options);
  auto info = session->info();
  return std::make_unique<OnnxModel>(std::move(session), std::move(info));
}

}  // namespace dflare
