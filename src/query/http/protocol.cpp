// The Open Inference Protocol, version 2.
#include "query/http/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

namespace dflare::http {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<const char*, ElementType>, 6> kTypes{{{"FP32", ElementType::kFloat32},
                                                                     {"FP16", ElementType::kFloat16},
                                                                     {"UINT8", ElementType::kUint8},
                                                                     {"INT8", ElementType::kInt8},
                                                                     {"INT16", ElementType::kInt16},
                                                                     {"INT32", ElementType::kInt32}}};
const char* const kForm = "docs/remote-models.md says what a server must answer";

[[noreturn]] void refuse(const std::string& model, const std::string& what) {
  throw Error(ErrorCode::kModelFailed, fmt::format("{}: {}", model, what), kForm);
}

Json parsed(const std::string& text) { return Json::parse(text, nullptr, /*allow_exceptions=*/false); }

template <class T>
T get_or(const Json& object, const char* key, T otherwise) {
  if (!object.is_object()) return otherwise;
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  try {
    return found->get<T>();
  } catch (const Json::exception&) {
    return otherwise;
  }
}

RemoteTensor read_tensor(const std::string& model, const Json& json) {
  RemoteTensor tensor;
  tensor.name = get_or<std::string>(json, "name", "");
  tensor.datatype = get_or<std::string>(json, "datatype", "");
  tensor.dims = get_or<Dims>(json, "shape", {});
  if (tensor.name.empty() || tensor.datatype.empty() || tensor.dims.empty()) {
    refuse(model, "its server describes a tensor without name, datatype or shape");
  }
  const auto type = std::ranges::find(kTypes, tensor.datatype, [](const auto& t) { return std::string(t.first); });
  tensor.readable = type != kTypes.end();
  if (tensor.readable) tensor.type = type->second;
  return tensor;
}

// "0.5, 0.25": so many digits that a server reads the same bits.
void put_values(const RemoteTensor& input, std::span<const std::byte> tensor, fmt::memory_buffer& out) {
  std::vector<float> values(tensor.size() / size_of(input.type));
  decode(tensor.data(), input.type, {}, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}{}", i == 0 ? "" : ",", static_cast<double>(values[i]));
  }
}

// The values of an output in JSON, however they are nested.
void read_values(const std::string& model, const RemoteTensor& wanted, const Json& data, std::vector<float>& values) {
  for (const Json& value : data) {
    if (value.is_array())
      read_values(model, wanted, value, values);
    else if (value.is_number())
      values.push_back(value.get<float>());
    else if (value.is_null())
      values.push_back(std::numeric_limits<float>::quiet_NaN());
    else
      refuse(model, fmt::format("answers '{}' with something that is no number", wanted.name));
  }
}

// The body of an answer: its JSON, and raw bytes behind it that are taken output by output.
struct Body {
  const std::string& model;
  Json json;
  std::string_view raw;

  std::string_view take(const std::string& name, std::size_t bytes) {
    if (bytes > raw.size()) {
      refuse(model, fmt::format("answers {} bytes of '{}', expected {}", raw.size(), name, bytes));
    }
    const std::string_view taken = raw.substr(0, bytes);
    raw.remove_prefix(bytes);
    return taken;
  }
};

Body body_of(const std::string& model, const Answer& answer) {
  const std::size_t json_bytes = answer.json_bytes == 0 ? answer.body.size() : answer.json_bytes;
  if (json_bytes > answer.body.size()) {
    refuse(model, fmt::format("answers {} bytes, of which {} are to be JSON", answer.body.size(), json_bytes));
  }
  Body body{.model = model, .json = parsed(answer.body.substr(0, json_bytes)), .raw = {}};
  body.raw = std::string_view(answer.body).substr(json_bytes);
  if (!body.json.is_object() || !body.json.contains("outputs") || !body.json["outputs"].is_array()) {
    refuse(model, "answers something that is no JSON with outputs");
  }
  return body;
}

void check_shape(const Body& body, const RemoteTensor& wanted, const Json& output, std::size_t rows) {
  Dims expected = wanted.dims;
  expected.front() = static_cast<std::int64_t>(rows);
  const Dims shape = get_or<Dims>(output, "shape", {});
  const bool same = shape.size() == expected.size() &&
                    std::ranges::equal(shape, expected, [](auto is, auto as) { return is == as || as < 0; });
  if (!same) {
    refuse(body.model, fmt::format("answers '{}' of the shape {}, expected {}", wanted.name, to_string(shape),
                                   to_string(expected)));
  }
  const auto type = get_or<std::string>(output, "datatype", "");
  if (type != wanted.datatype) {
    refuse(body.model, fmt::format("answers '{}' as {}, expected {}", wanted.name, type, wanted.datatype));
  }
}

std::vector<float> values_of(Body& body, const RemoteTensor& wanted, const Json& output, std::size_t count) {
  std::vector<float> values;
  const Json parameters = get_or<Json>(output, "parameters", Json::object());
  const auto bytes = get_or<std::int64_t>(parameters, "binary_data_size", -1);
  if (bytes >= 0) {
    const std::size_t expected = count * size_of(wanted.type);
    if (static_cast<std::size_t>(bytes) != expected) {
      refuse(body.model, fmt::format("answers {} bytes of '{}', expected {}", bytes, wanted.name, expected));
    }
    const std::string_view raw = body.take(wanted.name, expected);
    std::vector<std::byte> aligned(expected);
    std::memcpy(aligned.data(), raw.data(), expected);
    values.resize(count);
    decode(aligned.data(), wanted.type, {}, values);
    return values;
  }
  if (!output.contains("data")) refuse(body.model, fmt::format("answers '{}' without data", wanted.name));
  read_values(body.model, wanted, output["data"], values);
  if (values.size() != count) {
    refuse(body.model, fmt::format("answers {} values of '{}', expected {}", values.size(), wanted.name, count));
  }
  return values;
}

std::vector<std::string> names_of(const Json& outputs) {
  std::vector<std::string> names;
  for (const Json& output : outputs) names.push_back(get_or<std::string>(output, "name", "?"));
  return names;
}

}  // namespace

RemoteModel read_model(const std::string& model, const std::string& json) {
  const Json said = parsed(json);
  if (!said.is_object() || !said.contains("inputs") || !said.contains("outputs")) {
    refuse(model, "its server describes it without inputs and outputs");
  }
  RemoteModel remote{.platform = get_or<std::string>(said, "platform", ""), .inputs = {}, .outputs = {}};
  for (const Json& input : said["inputs"]) remote.inputs.push_back(read_tensor(model, input));
  for (const Json& output : said["outputs"]) remote.outputs.push_back(read_tensor(model, output));
  if (remote.inputs.empty() || remote.outputs.empty()) refuse(model, "its server describes no input or no output");
  return remote;
}

RemoteServer read_server(const std::string& json) {
  const Json said = parsed(json);
  RemoteServer server{.name = get_or<std::string>(said, "name", ""),
                      .version = get_or<std::string>(said, "version", "")};
  for (const std::string& extension : get_or<std::vector<std::string>>(said, "extensions", {})) {
    server.binary = server.binary || extension == "binary_tensor_data";
    server.config = server.config || extension == "model_configuration";
  }
  return server;
}

int most_rows_of(const std::string& config) { return std::max(0, get_or<int>(parsed(config), "max_batch_size", 0)); }

std::string datatype_of(ElementType type) {
  return std::ranges::find(kTypes, type, [](const auto& t) { return t.second; })->first;
}

void write_question(Question& question, const RemoteTensor& input, std::size_t rows, std::span<const std::byte> tensor,
                    std::span<const RemoteTensor> wanted, bool binary) {
  Dims shape = input.dims;
  shape.front() = static_cast<std::int64_t>(rows);
  Json outputs = Json::array();
  for (const RemoteTensor& output : wanted) {
    outputs.push_back({{"name", output.name}, {"parameters", {{"binary_data", binary}}}});
    if (!binary) outputs.back().erase("parameters");
  }
  fmt::memory_buffer text;
  const auto put = [&text](const std::string& piece) { text.append(std::string_view(piece)); };
  put(fmt::format(R"({{"inputs":[{{"name":{},"shape":{},"datatype":"{}",)", Json(input.name).dump(), Json(shape).dump(),
                  input.datatype));
  if (binary) {
    put(fmt::format(R"("parameters":{{"binary_data_size":{}}})", tensor.size()));
  } else {
    put(R"("data":[)");
    put_values(input, tensor, text);
    put("]");
  }
  put(fmt::format(R"(}}],"outputs":{}}})", outputs.dump()));
  question.headers = {"Content-Type: application/json"};
  if (binary) {
    question.headers = {"Content-Type: application/octet-stream",
                        fmt::format("Inference-Header-Content-Length: {}", text.size())};
  }
  question.body.resize(text.size() + (binary ? tensor.size() : 0));
  std::memcpy(question.body.data(), text.data(), text.size());
  if (binary) std::memcpy(question.body.data() + text.size(), tensor.data(), tensor.size());
}

void read_answer(const std::string& model, const Answer& answer, std::span<const RemoteTensor> wanted,
                 std::span<const std::size_t> values, std::size_t rows, std::span<float> raw) {
  Body body = body_of(model, answer);
  const std::size_t width = std::accumulate(values.begin(), values.end(), std::size_t{0});
  std::vector<bool> found(wanted.size());
  for (const Json& output : body.json["outputs"]) {  // raw bytes stand in their order
    const auto name = get_or<std::string>(output, "name", "");
    const auto which = std::ranges::find(wanted, name, &RemoteTensor::name);
    if (which == wanted.end()) {
      refuse(model, fmt::format("answers '{}', which was not asked for", name));
    }
    const auto i = static_cast<std::size_t>(which - wanted.begin());
    check_shape(body, *which, output, rows);
    const std::vector<float> all = values_of(body, *which, output, rows * values[i]);
    const std::size_t before =
        std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), std::size_t{0});
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(row * values[i]), values[i],
                  raw.begin() + static_cast<std::ptrdiff_t>(row * width + before));
    }
    found[i] = true;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (found[i]) continue;
    refuse(model, fmt::format("does not answer '{}'; it answers {}", wanted[i].name,
                              Json(names_of(body.json["outputs"])).dump()));
  }
  if (!body.raw.empty()) refuse(model, fmt::format("answers {} bytes more than it says", body.raw.size()));
}

std::string error_in(const std::string& body) {
  constexpr std::size_t kShown = 300;
  const std::string said = get_or<std::string>(parsed(body), "error", "");
  return (said.empty() ? body : said).substr(0, kShown);
}

}  // namespace dflare::http
