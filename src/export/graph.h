// A growing ONNX graph: nodes and constants under names of our own.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dflare {

// Appends to a graph. Every name that it makes begins with a prefix that the graph did not use: "dflare", "dflare2",
// ...
class GraphBuilder {
 public:
  explicit GraphBuilder(onnx::GraphProto& graph);

  // A node of one output. Returns the output's name: `name` with the prefix, or a fresh one.
  std::string node(const char* op, const std::vector<std::string>& inputs, const std::string& name = {});
  // The last node's attributes.
  GraphBuilder& with(const char* attribute, std::int64_t value);
  // Gives the last node a second output that nobody reads.
  GraphBuilder& second_output();

  // Constants, by nodes: initializers need a newer file format than some hosts have.
  std::string constant(const std::vector<float>& values, const std::vector<std::int64_t>& dims);
  std::string constant(float value) { return constant(std::vector<float>{value}, {}); }
  std::string constant(const std::vector<std::int64_t>& values);

  // Makes a tensor an output of the graph. A negative dimension is left open.
  void output(const std::string& name, onnx::TensorProto::DataType type, const std::vector<std::int64_t>& dims);

  [[nodiscard]] std::string prefixed(const std::string& name) const { return prefix_ + "_" + name; }

 private:
  onnx::TensorProto& new_constant(std::string& name);

  onnx::GraphProto& graph_;
  std::string prefix_;
  int made_ = 0;
};

}  // namespace dflare
