// Models where inputs are expected, and the reverse.
#include "cli/argument_order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "dflare/error.h"
#include "dflare/model_files.h"

namespace dflare::cli {
namespace {

// By the name: what does not exist is told by whoever opens it.
bool is_model(const std::string& path) {
  if (is_command(path) || is_remote(path)) return true;
  const std::string ending = std::filesystem::path(path).extension().string();
  return (ending == ".onnx" || ending == ".ort" || ending == ".tflite") && !std::filesystem::is_directory(path);
}

bool is_inputs(const std::string& path) {
  if (is_command(path) || is_remote(path)) return false;
  const std::string ending = std::filesystem::path(path).extension().string();
  return std::filesystem::is_directory(path) || ending == ".npy" || ending == ".txt";
}

[[noreturn]] void refuse(const std::string& what, const std::string& meant) {
  throw Error(ErrorCode::kBadArgument, what, "did you mean: " + meant);
}

}  // namespace

void refuse_swapped_search(const Options& o) {
  if (!is_model(o.seeds) && !is_inputs(o.compressed)) return;
  if (is_model(o.original) && is_inputs(o.compressed) && is_model(o.seeds)) {
    refuse(fmt::format("{} holds inputs, and search takes them last", o.compressed),
           fmt::format("dflare search {} {} {}", o.original, o.seeds, o.compressed));
  }
  if (is_model(o.seeds)) {
    refuse(fmt::format("SEEDS is {}, a model", o.seeds), "dflare search ORIGINAL COMPRESSED SEEDS");
  }
}

void refuse_swapped_rank(const Options& o) {
  const auto inputs = std::ranges::find_if(o.models, is_inputs);
  if (is_model(o.seeds) && inputs != o.models.end()) {
    std::vector<std::string> variants{o.seeds};
    std::ranges::copy_if(o.models, std::back_inserter(variants), [&](const std::string& m) { return m != *inputs; });
    refuse(fmt::format("SEEDS is {}, a model: rank takes the inputs second", o.seeds),
           fmt::format("dflare rank {} {} {}", o.original, *inputs, fmt::join(variants, " ")));
  }
  if (is_model(o.seeds)) {
    refuse(fmt::format("SEEDS is {}, a model: rank takes the inputs second", o.seeds),
           "dflare rank ORIGINAL SEEDS VARIANT...");
  }
  if (inputs != o.models.end()) {
    refuse(fmt::format("{} stands among the variants, and holds inputs", *inputs),
           "dflare rank ORIGINAL SEEDS VARIANT...");
  }
}

}  // namespace dflare::cli
