// head.json: written, and read with care.
#include "dflare/repair_head_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/reading_json.h"
#include "dflare/error.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;
using Activation = DenseLayer::Activation;

constexpr int kSchemaVersion = 1;

const char* to_word(Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return "none";
    case Activation::kRelu:
      return "relu";
    case Activation::kTanh:
      return "tanh";
  }
  return "none";
}

Activation activation_of(const std::string& word) {
  for (const Activation a : {Activation::kNone, Activation::kRelu, Activation::kTanh}) {
    if (word == to_word(a)) return a;
  }
  throw std::invalid_argument(fmt::format("unknown activation '{}', expected none, relu or tanh", word));
}

HeadFeatures features_of(const std::string& word) {
  if (word == "p") return HeadFeatures::kProbabilities;
  if (word == "log_p") return HeadFeatures::kLogProbabilities;
  throw std::invalid_argument(fmt::format("unknown features '{}', expected p or log_p", word));
}

Json json_of(const DenseLayer& layer) {
  return {{"inputs", layer.inputs},
          {"outputs", layer.outputs},
          {"activation", to_word(layer.activation)},
          {"weights", layer.weights},
          {"bias", layer.bias}};
}

void check(const DenseLayer& layer, const RepairHead& before) {
  if (layer.inputs == 0 || layer.outputs == 0) throw std::invalid_argument("a layer without inputs or outputs");
  if (layer.bias.size() != layer.outputs || layer.weights.size() / layer.inputs != layer.outputs ||
      layer.weights.size() % layer.inputs != 0) {
    throw std::invalid_argument(fmt::format("a layer of {} x {} with {} weights and {} biases", layer.outputs,
                                            layer.inputs, layer.weights.size(), layer.bias.size()));
  }
  if (!before.layers.empty() && before.layers.back().outputs != layer.inputs) {
    throw std::invalid_argument(
        fmt::format("a layer of {} inputs behind one of {} outputs", layer.inputs, before.layers.back().outputs));
  }
  for (const auto* values : {&layer.weights, &layer.bias}) {
    for (const float v : *values) {
      if (!std::isfinite(v)) throw std::invalid_argument("a weight that is not finite");
    }
  }
}

DenseLayer layer_of(const Json& json) {
  DenseLayer layer;
  layer.inputs = json.at("inputs").get<std::size_t>();
  layer.outputs = json.at("outputs").get<std::size_t>();
  layer.activation = activation_of(json.at("activation").get<std::string>());
  layer.weights = json.at("weights").get<std::vector<float>>();
  layer.bias = json.at("bias").get<std::vector<float>>();
  return layer;
}

StoredHead stored_head_of(const Json& json) {
  if (const int version = json.at("schema_version").get<int>(); version != kSchemaVersion) {
    throw std::invalid_argument(fmt::format("schema_version {}, expected {}", version, kSchemaVersion));
  }
  StoredHead stored{.head = {}, .reading = reading_of(json.at("reading"))};
  RepairHead& head = stored.head;
  head.method = json.at("method").get<std::string>();
  head.features = features_of(json.at("features").get<std::string>());
  if (const Json& below = json.at("below_margin"); !below.is_null()) head.below_margin = below.get<double>();
  for (const Json& layer : json.at("layers")) {
    DenseLayer next = layer_of(layer);
    check(next, head);
    head.layers.push_back(std::move(next));
  }
  return stored;
}

}  // namespace

std::string to_json(const StoredHead& stored) {
  const RepairHead& head = stored.head;
  Json layers = Json::array();
  for (const DenseLayer& layer : head.layers) layers.push_back(json_of(layer));
  const Json json = {{"schema_version", kSchemaVersion},
                     {"method", head.method},
                     {"features", head.features == HeadFeatures::kProbabilities ? "p" : "log_p"},
                     {"below_margin", std::isinf(head.below_margin) ? Json(nullptr) : Json(head.below_margin)},
                     {"reading", json_of(stored.reading)},
                     {"layers", layers}};
  return json.dump() + "\n";
}

StoredHead stored_head_from_json(std::string_view text, const std::string& name) {
  try {
    return stored_head_of(Json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no repair head: {}", name, e.what()),
                "name the head.json that `dflare repair` wrote");
  } catch (const std::invalid_argument& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no repair head that can be used: {}", name, e.what()),
                "name the head.json that `dflare repair` wrote");
  }
}

StoredHead read_head(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file);
  return stored_head_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
}

void write_head(const std::filesystem::path& file, const StoredHead& stored) { put_file(file, to_json(stored)); }

}  // namespace dflare
