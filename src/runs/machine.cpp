// The machine that a run took place on, from /proc/cpuinfo.
#include "runs/machine.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace dflare {
namespace {

// Instruction sets by which runtimes choose their kernels.
constexpr std::array kFeatures = {"sse4_2",  "avx",        "f16c",        "fma",         "avx2",     "avx_vnni",
                                  "avx512f", "avx512vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16"};

std::string value_of(const std::string& line) {
  const auto colon = line.find(": ");
  return colon == std::string::npos ? "" : line.substr(colon + 2);
}

std::vector<std::string> known_features(const std::string& flags) {
  std::vector<std::string> found;
  std::istringstream words(flags);
  for (std::string word; words >> word;) {
    if (std::find(kFeatures.begin(), kFeatures.end(), word) != kFeatures.end()) found.push_back(word);
  }
  return found;
}

}  // namespace

nlohmann::ordered_json machine_json() {
  nlohmann::ordered_json machine = {{"cpu", "unknown"}, {"features", nlohmann::ordered_json::array()}};
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line) && !line.empty();) {
    if (line.starts_with("model name")) machine["cpu"] = value_of(line);
    if (line.starts_with("flags")) machine["features"] = known_features(value_of(line));
  }
  machine["cores"] = std::thread::hardware_concurrency();
  return machine;
}

}  // namespace dflare
