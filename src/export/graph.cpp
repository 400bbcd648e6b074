// A growing ONNX graph: nodes and constants under names of our own.
#include "export/graph.h"

#include <algorithm>

namespace dflare {
namespace {

bool uses(const onnx::GraphProto& graph, const std::string& prefix) {
  const auto begins = [&](const std::string& name) { return name.starts_with(prefix + "_"); };
  for (const auto& node : graph.node()) {
    if (begins(node.name()) || std::any_of(node.output().begin(), node.output().end(), begins)) return true;
  }
  return std::any_of(graph.input().begin(), graph.input().end(), [&](const auto& v) { return begins(v.name()); }) ||
         std::any_of(graph.initializer().begin(), graph.initializer().end(),
                     [&](const auto& v) { return begins(v.name()); });
}

}  // namespace

GraphBuilder::GraphBuilder(onnx::GraphProto& graph) : graph_(graph), prefix_("dflare") {
  for (int n = 2; uses(graph, prefix_); ++n) prefix_ = "dflare" + std::to_string(n);
}

std::string GraphBuilder::node(const char* op, const std::vector<std::string>& inputs, const std::string& name) {
  std::string output = prefixed(name.empty() ? "t" + std::to_string(++made_) : name);
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(output + "_node");
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return output;
}

GraphBuilder& GraphBuilder::with(const char* attribute, std::int64_t value) {
  onnx::AttributeProto& a = *graph_.mutable_node(graph_.node_size() - 1)->add_attribute();
  a.set_name(attribute);
  a.set_type(onnx::AttributeProto::INT);
  a.set_i(value);
  return *this;
}

GraphBuilder& GraphBuilder::second_output() {
  onnx::NodeProto& node = *graph_.mutable_node(graph_.node_size() - 1);
  node.add_output(node.output(0) + "_2");
  return *this;
}

onnx::TensorProto& GraphBuilder::new_constant(std::string& name) {
  name = node("Constant", {});
  onnx::AttributeProto& a = *graph_.mutable_node(graph_.node_size() - 1)->add_attribute();
  a.set_name("value");
  a.set_type(onnx::AttributeProto::TENSOR);
  return *a.mutable_t();
}

std::string GraphBuilder::constant(const std::vector<float>& values, const std::vector<std::int64_t>& dims) {
  std::string name;
  onnx::TensorProto& tensor = new_constant(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  for (const float value : values) tensor.add_float_data(value);
  return name;
}

std::string GraphBuilder::constant(const std::vector<std::int64_t>& values) {
  std::string name;
  onnx::TensorProto& tensor = new_constant(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return name;
}

void GraphBuilder::output(const std::string& name, onnx::TensorProto::DataType type,
                          const std::vector<std::int64_t>& dims) {
  onnx::ValueInfoProto& value = *graph_.add_output();
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const std::int64_t dim : dims) {
    auto& d = *tensor.mutable_shape()->add_dim();
    if (dim >= 0) {
      d.set_dim_value(dim);
    } else {
      d.set_dim_param(prefixed("rows"));
    }
  }
}

}  // namespace dflare
