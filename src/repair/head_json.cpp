// head.json: a head as a document.
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "dflare/error.h"
#include "dflare/repair.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;
using Activation = DenseLayer::Activation;

constexpr int kSchemaVersion = 1;

std::string name_of(Activation activation) {
  return activation == Activation::kRelu ? "relu" : activation == Activation::kTanh ? "tanh" : "none";
}

Activation activation_named(const std::string& name) {
  if (name == "none") return Activation::kNone;
  if (name == "relu") return Activation::kRelu;
  if (name == "tanh") return Activation::kTanh;
  throw Error(ErrorCode::kBadInput, "activation '" + name + "', expected none, relu or tanh");
}

DenseLayer layer_of(const Json& json) {
  DenseLayer layer{.inputs = json.at("inputs").get<std::size_t>(),
                   .outputs = json.at("outputs").get<std::size_t>(),
                   .weights = json.at("weights").get<std::vector<float>>(),
                   .bias = json.at("bias").get<std::vector<float>>(),
                   .activation = activation_named(json.at("activation").get<std::string>())};
  const bool finite = std::all_of(layer.weights.begin(), layer.weights.end(), [](float w) { return std::isfinite(w); });
  if (layer.weights.size() != layer.inputs * layer.outputs || layer.bias.size() != layer.outputs || !finite) {
    throw Error(ErrorCode::kBadInput, "weights or bias of a layer are not as many as it has inputs and outputs");
  }
  return layer;
}

StoredHead parse(const Json& json) {
  if (json.at("schema_version") != kSchemaVersion) {
    throw Error(ErrorCode::kBadInput, "schema_version " + json.at("schema_version").dump() + ", expected 1");
  }
  StoredHead stored;
  stored.head.method = json.at("method").get<std::string>();
  const auto features = json.at("features").get<std::string>();
  if (features != "p" && features != "log_p") throw Error(ErrorCode::kBadInput, "features '" + features + "'");
  stored.head.features = features == "p" ? HeadFeatures::kProbabilities : HeadFeatures::kLogProbabilities;
  if (!json.at("below_margin").is_null()) stored.head.below_margin = json.at("below_margin").get<double>();
  for (const Json& layer : json.at("layers")) stored.head.layers.push_back(layer_of(layer));
  const std::vector<DenseLayer>& layers = stored.head.layers;
  for (std::size_t i = 1; i < layers.size(); ++i) {
    if (layers[i].inputs != layers[i - 1].outputs) throw Error(ErrorCode::kBadInput, "layers that do not fit together");
  }
  const Json& reading = json.at("reading");
  stored.reading = {reading.at("kind") == "logits" ? OutputKind::kLogits : OutputKind::kProbabilities,
                    reading.at("step").get<float>(), reading.at("skip_classes").get<int>()};
  return stored;
}

}  // namespace

std::string to_json(const StoredHead& stored) {
  Json layers = Json::array();
  for (const DenseLayer& layer : stored.head.layers) {
    layers.push_back({{"inputs", layer.inputs},
                      {"outputs", layer.outputs},
                      {"activation", name_of(layer.activation)},
                      {"weights", layer.weights},
                      {"bias", layer.bias}});
  }
  const double below = stored.head.below_margin;
  const Json json = {{"schema_version", kSchemaVersion},
                     {"method", stored.head.method},
                     {"features", stored.head.features == HeadFeatures::kProbabilities ? "p" : "log_p"},
                     {"below_margin", std::isinf(below) ? Json(nullptr) : Json(below)},
                     {"reading",
                      {{"kind", stored.reading.kind == OutputKind::kLogits ? "logits" : "probs"},
                       {"step", stored.reading.step},
                       {"skip_classes", stored.reading.skip_classes}}},
                     {"layers", layers}};
  return json.dump(2) + "\n";
}

StoredHead read_head(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorCode::kBadInput, file.string() + ": cannot be read", "name the head.json of a repair");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  try {
    return parse(Json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kBadInput, file.string() + ": no head of dflare: " + e.what(),
                "name the head.json that `dflare repair` wrote");
  } catch (const Error& e) {
    throw Error(ErrorCode::kBadInput, file.string() + ": no head of dflare: " + e.what(),
                "name the head.json that `dflare repair` wrote");
  }
}

}  // namespace dflare
