// Reads the list of shared pairs.
#include "pairs.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

namespace dflare::bench {
namespace {

constexpr std::array<std::string_view, 5> kUsual{"diffchaser-lenet5-8bit", "diffchaser-resnet-8bit",
                                                 "mnist-lenet5-int8", "cifar10-resnet20-int8",
                                                 "st-cifar10-resnet8-v1-int8"};

PairSpec example(const std::filesystem::path& examples, const std::string& id, const std::string& original,
                 const std::string& seeds, const std::string& preprocess) {
  PairSpec pair{.id = id, .preprocess = preprocess};
  pair.original = examples / "models" / (original + ".onnx");
  pair.compressed = examples / "models" / (id + ".onnx");
  pair.seeds = examples / "seeds" / seeds;
  const std::filesystem::path classes = examples / "seeds" / (seeds + "-classes.txt");
  if (std::filesystem::exists(classes)) pair.classes = classes;
  return pair;
}

PairSpec listed(const std::filesystem::path& shared, const nlohmann::json& entry) {
  return {.id = entry.at("id"),
          .original = shared / entry.at("original").get<std::string>(),
          .compressed = shared / entry.at("compressed").get<std::string>(),
          .seeds = shared / entry.at("images").get<std::string>(),
          .labels = shared / entry.at("labels").get<std::string>(),
          .preprocess = entry.at("preprocess"),
          .label_offset = entry.at("label_offset")};
}

}  // namespace

std::vector<PairSpec> known_pairs(const std::filesystem::path& examples, const std::filesystem::path& shared,
                                  bool all) {
  std::vector<PairSpec> pairs{example(examples, "digits-lenet5-int8", "digits-lenet5", "digits", "unit"),
                              example(examples, "digits-lenet5-prune80", "digits-lenet5", "digits", "unit"),
                              example(examples, "patches-cnn-int8", "patches-cnn", "patches", "imagenet")};
  std::ifstream list(shared / "pairs.json");
  if (!list) return pairs;
  const nlohmann::json entries = nlohmann::json::parse(list).at("pairs");
  for (const nlohmann::json& entry : entries) {
    const auto id = entry.at("id").get<std::string>();
    if (all || std::find(kUsual.begin(), kUsual.end(), id) != kUsual.end()) pairs.push_back(listed(shared, entry));
  }
  return pairs;
}

}  // namespace dflare::bench
