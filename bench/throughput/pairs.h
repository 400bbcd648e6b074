// The pairs of models that are measured.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dflare::bench {

// What it takes to open a pair, by the options of the command.
struct PairSpec {
  std::string id;
  std::filesystem::path original, compressed, seeds, labels, classes;
  std::string preprocess = "raw";
  int label_offset = 0;
};

// The examples of this project, and out of <shared>/pairs.json, where that is there, one pair of each kind: LeNet and
// ResNet, ONNX and TensorFlow Lite. `all`: every pair of the list.
std::vector<PairSpec> known_pairs(const std::filesystem::path& examples, const std::filesystem::path& shared, bool all);

}  // namespace dflare::bench
