// The Open Inference Protocol, version 2: what a server says of a model, questions and answers.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/error.h"
#include "query/element.h"
#include "query/http/connection.h"
#include "query/tensors.h"

namespace dflare::http {

struct RemoteTensor {
  std::string name;
  ElementType type = ElementType::kFloat32;
  bool readable = true;  // its type is one that is read; else `datatype` says which
  std::string datatype;  // "FP32"
  Dims dims;             // the batch first
};

// GET /v2/models/NAME.
struct RemoteModel {
  std::string platform;
  std::vector<RemoteTensor> inputs, outputs;
};
// Throws kModelFailed, with `model` in front, for what is not of that form.
RemoteModel read_model(const std::string& model, const std::string& json);

// GET /v2. What is missing or of another form is as if it said nothing.
struct RemoteServer {
  std::string name, version;
  bool binary = false;  // the binary tensor extension
  bool config = false;  // GET .../config is there
};
RemoteServer read_server(const std::string& json);

// Of a model's configuration: rows that it takes at once; 0: not said.
int most_rows_of(const std::string& config);

std::string datatype_of(ElementType type);

// A question about `rows` rows of `input`, whose elements lie at `tensor`; of `wanted` outputs.
struct Question {
  std::vector<std::string> headers;
  std::vector<std::byte> body;
};
void write_question(Question& question, const RemoteTensor& input, std::size_t rows, std::span<const std::byte> tensor,
                    std::span<const RemoteTensor> wanted, bool binary);

// Puts the values of the wanted outputs, one behind the other, into each row of `raw`. `values`: of each output in a
// row. Throws kModelFailed, with `model` in front, for anything else than what was asked for.
void read_answer(const std::string& model, const Answer& answer, std::span<const RemoteTensor> wanted,
                 std::span<const std::size_t> values, std::size_t rows, std::span<float> raw);

// What a server says of its own failure: {"error": "..."}, or the beginning of the body.
std::string error_in(const std::string& body);

}  // namespace dflare::http
