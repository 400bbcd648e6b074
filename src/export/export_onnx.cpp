// A compressed model with its repair head or its guard inside, as ONNX.
#include "dflare/export_onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/files.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "export/graph.h"

namespace dflare {
namespace {

constexpr int kLeastOpset = 11;              // TopK that finds the least, ArgMax as it still is
constexpr int kOwnOpset = 13;                // of files that hold the addition alone
constexpr int kOwnFormat = 7;                // IR version that came with it
constexpr float kLeastProbability = 1e-12F;  // as Answers::interpret has it

// Tensors that every addition builds on, each N x classes.
struct Read {
  std::string raw, p, log_p;
  std::string own_scores;  // the model's own where a head is silent: its logits, or log p of its probabilities
  std::int64_t classes = 0;
};

// Answers::interpret, in ONNX. `answer` holds N x outputs, in any shape and type.
Read add_reading(GraphBuilder& graph, const std::string& answer, std::int64_t outputs, const OutputReading& reading) {
  Read read{.classes = outputs - reading.skip_classes};
  const std::string numbers = graph.node("Cast", {answer});
  graph.with("to", static_cast<std::int64_t>(onnx::TensorProto::FLOAT));
  read.raw = graph.node("Reshape", {numbers, graph.constant(std::vector<std::int64_t>{-1, outputs})});
  if (reading.skip_classes > 0) {
    const auto one = [&graph](std::int64_t value) { return graph.constant(std::vector<std::int64_t>{value}); };
    read.raw = graph.node("Slice", {read.raw, one(reading.skip_classes), one(outputs), one(1)});
  }
  if (reading.kind == OutputKind::kLogits) {
    read.p = graph.node("Softmax", {read.raw});
    graph.with("axis", 1);
    read.log_p = graph.node("LogSoftmax", {read.raw});
    graph.with("axis", 1);
    read.own_scores = read.raw;
  } else {
    read.p = read.raw;
    const float least = reading.step > 0 ? reading.step / 2 : kLeastProbability;
    read.log_p = graph.node("Log", {graph.node("Max", {read.raw, graph.constant(least)})});
    read.own_scores = read.log_p;
  }
  return read;
}

// log p of the first label less log p of the second: N x 1.
std::string add_margin(GraphBuilder& graph, const Read& read) {
  const std::string two = graph.node("TopK", {read.log_p, graph.constant(std::vector<std::int64_t>{2})});
  graph.with("axis", 1).second_output();
  const auto column = [&](std::int64_t index) {
    std::string name = graph.node("Gather", {two, graph.constant(std::vector<std::int64_t>{index})});
    graph.with("axis", 1);
    return name;
  };
  const std::string first = column(0);
  const std::string second = column(1);
  return graph.node("Sub", {first, second});
}

std::string add_layer(GraphBuilder& graph, const std::string& in, const DenseLayer& layer) {
  const auto inputs = static_cast<std::int64_t>(layer.inputs);
  const auto outputs = static_cast<std::int64_t>(layer.outputs);
  const std::string weights = graph.constant(layer.weights, {outputs, inputs});
  const std::string bias = graph.constant(layer.bias, {outputs});
  std::string sum = graph.node("Gemm", {in, weights, bias});
  graph.with("transB", 1);
  switch (layer.activation) {
    case DenseLayer::Activation::kRelu:
      return graph.node("Relu", {sum});
    case DenseLayer::Activation::kTanh:
      return graph.node("Tanh", {sum});
    case DenseLayer::Activation::kNone:
      break;
  }
  return sum;
}

void check(const RepairHead& head, std::int64_t classes) {
  if (head.layers.empty()) return;
  const auto in = static_cast<std::int64_t>(head.layers.front().inputs);
  const auto out = static_cast<std::int64_t>(head.layers.back().outputs);
  if (in == classes && out == classes) return;
  throw Error(
      ErrorCode::kBadArgument,
      fmt::format("a repair head of {} inputs and {} outputs does not fit a model of {} classes", in, out, classes));
}

std::string add_head(GraphBuilder& graph, const Read& read, const RepairHead& head) {
  check(head, read.classes);
  if (head.layers.empty()) return graph.node("Identity", {read.own_scores}, "repaired");
  std::string scores = head.features == HeadFeatures::kProbabilities ? read.p : read.log_p;
  for (const DenseLayer& layer : head.layers) scores = add_layer(graph, scores, layer);
  if (std::isinf(head.below_margin)) return graph.node("Identity", {scores}, "repaired");
  const std::string limit = graph.constant(static_cast<float>(head.below_margin));
  const std::string speaks = graph.node("Less", {add_margin(graph, read), limit});
  return graph.node("Where", {speaks, scores, read.own_scores}, "repaired");
}

// The least over the other labels c of scale[a][c] * (log p_a - log p_c + shift[a][c]): N x 1.
std::string add_pair_margin(GraphBuilder& graph, const Read& read, const Guard& guard) {
  const std::int64_t classes = read.classes;
  const std::string first = graph.node("ArgMax", {read.raw});
  graph.with("axis", 1).with("keepdims", 0);
  const std::string top = graph.node("TopK", {read.log_p, graph.constant(std::vector<std::int64_t>{1})});
  graph.with("axis", 1).second_output();
  // The label's own place is out of the running.
  std::vector<float> own(guard.scale.size(), -3e38F);
  for (std::int64_t c = 0; c < classes; ++c) own[static_cast<std::size_t>(c * classes + c)] = 3e38F;
  const auto row_of = [&](const std::vector<float>& table) {
    return graph.node("Gather", {graph.constant(table, {classes, classes}), first});
  };
  const std::string margins = graph.node("Add", {graph.node("Sub", {top, read.log_p}), row_of(guard.shift)});
  const std::string scaled = graph.node("Mul", {margins, row_of(guard.scale)});
  const std::string others = graph.node("Max", {scaled, row_of(own)});
  std::string least = graph.node("TopK", {others, graph.constant(std::vector<std::int64_t>{1})});
  graph.with("axis", 1).with("largest", 0).second_output();
  return least;
}

// NaN for a row that holds NaN or infinity, else 0: N x 1.
std::string add_finite(GraphBuilder& graph, const Read& read) {
  const std::string zeros = graph.node("Sub", {read.raw, read.raw});
  const std::vector<float> ones(static_cast<std::size_t>(read.classes), 1);
  return graph.node("MatMul", {zeros, graph.constant(ones, {read.classes, 1})});
}

void add_guard(GraphBuilder& graph, const Read& read, const Guard& guard, OnnxNames& names) {
  const bool pairs = !guard.scale.empty();
  if (pairs && static_cast<std::int64_t>(guard.classes) != read.classes) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a guard of {} classes does not fit a model of {}", guard.classes, read.classes));
  }
  const std::string column = pairs ? add_pair_margin(graph, read, guard) : add_margin(graph, read);
  const std::string checked = graph.node("Add", {column, add_finite(graph, read)});
  names.score = graph.node("Reshape", {checked, graph.constant(std::vector<std::int64_t>{-1})}, "score");
  const std::string threshold = graph.constant(static_cast<float>(guard.threshold));
  const std::string above = graph.node("Greater", {names.score, threshold});
  const std::string at = graph.node("Equal", {names.score, threshold});
  names.defer = graph.node("Not", {graph.node("Or", {above, at})}, "defer");
}

// `rows`: of a fixed batch; -1: open.
OnnxNames add(onnx::GraphProto& proto, const std::string& answer, std::int64_t outputs, std::int64_t rows,
              const OutputReading& reading, const OnnxAddition& addition) {
  if (reading.skip_classes < 0 || outputs - reading.skip_classes < 2) {
    throw Error(ErrorCode::kBadArgument, "fewer than two classes are left of the model's outputs");
  }
  GraphBuilder graph(proto);
  const Read read = add_reading(graph, answer, outputs, reading);
  OnnxNames names;
  if (addition.head != nullptr) {
    names.repaired = add_head(graph, read, *addition.head);
    graph.output(names.repaired, onnx::TensorProto::FLOAT, {rows, read.classes});
  }
  if (addition.guard != nullptr) {
    add_guard(graph, read, *addition.guard, names);
    graph.output(names.score, onnx::TensorProto::FLOAT, {rows});
    graph.output(names.defer, onnx::TensorProto::BOOL, {rows});
  }
  return names;
}

[[noreturn]] void refuse(const std::filesystem::path& host, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", host.string(), why), hint);
}

onnx::ModelProto parse(const std::filesystem::path& host) {
  const std::vector<std::uint8_t> bytes = read_file(host);
  onnx::ModelProto model;
  const bool small = bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());  // protobuf's limit
  if (bytes.empty() || !small || !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !model.has_graph()) {
    refuse(host, "is no ONNX file that can be added to", "give the model as .onnx");
  }
  return model;
}

void check_host(const onnx::ModelProto& model, const std::filesystem::path& host) {
  const auto plain = [](const onnx::OperatorSetIdProto& set) {
    return set.domain().empty() || set.domain() == "ai.onnx";
  };
  const auto& sets = model.opset_import();
  const auto opset = std::find_if(sets.begin(), sets.end(), plain);
  if (opset == sets.end() || opset->version() < kLeastOpset) {
    refuse(host,
           fmt::format("is of opset {}, the addition needs {} or newer", opset == sets.end() ? 0 : opset->version(),
                       kLeastOpset),
           "export the model again with a newer opset; the file with the addition alone fits any model");
  }
  const auto& tensors = model.graph().initializer();
  if (std::any_of(tensors.begin(), tensors.end(),
                  [](const auto& t) { return t.data_location() == onnx::TensorProto::EXTERNAL; })) {
    refuse(host, "keeps weights in a file beside it", "save the model in one file");
  }
}

// The row count that an output declares: -1 when open or not told.
std::int64_t rows_of(const onnx::ValueInfoProto& output) {
  const auto& shape = output.type().tensor_type().shape();
  return shape.dim_size() > 1 && shape.dim(0).has_dim_value() && shape.dim(0).dim_value() > 0 ? shape.dim(0).dim_value()
                                                                                              : -1;
}

// Outputs of a row: what the model declares, else what the addition was made for.
std::int64_t outputs_of(const onnx::ValueInfoProto& output, const OutputReading& reading,
                        const OnnxAddition& addition) {
  std::int64_t known = 1;
  const auto& shape = output.type().tensor_type().shape();
  for (int i = shape.dim_size() > 1 ? 1 : 0; i < shape.dim_size(); ++i) {
    known *= shape.dim(i).has_dim_value() ? shape.dim(i).dim_value() : 0;
  }
  if (known > 1) return known;
  std::size_t classes = addition.guard != nullptr ? addition.guard->classes : 0;
  if (addition.head != nullptr && !addition.head->layers.empty()) classes = addition.head->layers.front().inputs;
  return static_cast<std::int64_t>(classes) + reading.skip_classes;
}

// Puts the repaired scores, the first output that was added, in the old output's place.
void replace_output(onnx::GraphProto& graph, int old, int added) {
  *graph.mutable_output(old) = graph.output(added);
  graph.mutable_output()->DeleteSubrange(added, 1);
}

}  // namespace

OnnxNames export_onnx(const std::filesystem::path& host, const std::string& output_name, const OutputReading& reading,
                      const OnnxAddition& addition, const std::filesystem::path& target) {
  onnx::ModelProto model = parse(host);
  check_host(model, host);
  onnx::GraphProto& graph = *model.mutable_graph();
  int at = 0;
  while (at < graph.output_size() && graph.output(at).name() != output_name) ++at;
  if (at == graph.output_size()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: has no output named '{}'", host.string(), output_name));
  }
  const onnx::ValueInfoProto output = graph.output(at);
  const int added = graph.output_size();
  OnnxNames names = add(graph, output_name, outputs_of(output, reading, addition), rows_of(output), reading, addition);
  if (addition.head != nullptr) replace_output(graph, at, added);
  put_file(target, model.SerializeAsString());
  return names;
}

OnnxNames export_onnx_alone(std::size_t outputs, const OutputReading& reading, const OnnxAddition& addition,
                            const std::filesystem::path& target) {
  onnx::ModelProto model;
  model.set_ir_version(kOwnFormat);
  model.set_producer_name("dflare");
  model.add_opset_import()->set_version(kOwnOpset);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(addition.head != nullptr ? "dflare repair head" : "dflare guard");
  onnx::ValueInfoProto& input = *graph.add_input();
  input.set_name("answer");
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("rows");
  tensor.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(outputs));
  OnnxNames names = add(graph, "answer", static_cast<std::int64_t>(outputs), -1, reading, addition);
  put_file(target, model.SerializeAsString());
  return names;
}

bool is_onnx_file(const std::filesystem::path& file) {
  if (is_command(file) || is_function(file) || is_remote(file)) return false;
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending == ".onnx";
}

}  // namespace dflare
