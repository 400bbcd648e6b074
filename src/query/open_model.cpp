// Which runtime opens a model file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "dflare/error.h"
#include "dflare/model.h"
#include "dflare/model_call.h"
#include "dflare/model_files.h"
#include "query/exec/command.h"
#include "query/exec/exec_model.h"
#include "query/http/http_model.h"
#include "query/onnx/batch_quantisers.h"
#include "query/onnx/external_files.h"
#include "query/onnx/onnx_model.h"
#include "query/tflite/tflite_model.h"

namespace dflare {
namespace {

std::string lower_extension(const std::filesystem::path& path) {
  auto extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

// The first bytes of a file, fewer where it is shorter. Throws kBadInput for what cannot be read.
std::string read_head(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::exists(path, code)) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: no such file", path.string()), "check the path of the model");
  }
  if (!std::filesystem::is_regular_file(path, code)) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no file, expected an .onnx or .tflite model", path.string()));
  }
  std::array<char, 8> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  if (file.bad() || !file.is_open()) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: cannot be read", path.string()), "check the file's permissions");
  }
  return {head.data(), static_cast<std::size_t>(file.gcount())};
}

std::unique_ptr<Model> open_by_runtime(const std::filesystem::path& path, const ModelOptions& options) {
  const std::string head = read_head(path);
  const std::string extension = lower_extension(path);
  if (head.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is empty, expected an ONNX or TensorFlow Lite model", path.string()),
                "convert or download the model again");
  }
  if (head == "version ") {  // spec/v1: no model format begins so
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is a pointer of Git LFS, not the model itself", path.string()),
                "fetch the model: git lfs pull");
  }
  if (head.size() == 8 && head.substr(4) == "TFL3") return open_tflite_model(path, options);
  if (extension == ".tflite") {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is no TensorFlow Lite model (its mark TFL3 is missing)", path.string()),
                "convert the model again");
  }
  if (extension == ".onnx" || extension == ".ort") return open_onnx_model(path, options);
  throw Error(ErrorCode::kBadInput, fmt::format("{}: is no model that dflare opens", path.string()),
              "convert it to .onnx or .tflite");
}

}  // namespace

std::unique_ptr<Model> open_model(const std::filesystem::path& path, const ModelOptions& options) {
  if (options.threads < 1 || options.threads > kMostThreads) {
    throw Error(ErrorCode::kBadArgument, "threads is " + std::to_string(options.threads),
                "use --threads N with 1 <= N <= " + std::to_string(kMostThreads));
  }
  if (is_command(path)) return keep_rows_exact(open_exec_model(path, options));
  if (is_remote(path)) return keep_rows_exact(open_http_model(path, options));
  if (is_function(path)) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is code of the program that began this", path.string()),
                "only that program has it: in Python give the callables again, as original= and compressed=");
  }
  const std::string name = path.string();
  const ModelCall call(ModelCall::Purpose::kOpen, name);
  std::unique_ptr<Model> model = open_by_runtime(path, options);
  const bool mixes = lower_extension(path) == ".onnx" && quantises_batches(path);
  return keep_rows_exact(std::move(model), mixes);
}

std::vector<std::filesystem::path> model_files(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files{path};
  if (is_function(path) || is_remote(path)) return files;
  if (is_command(path)) {
    std::ranges::copy(files_in_command(path), std::back_inserter(files));
    return files;
  }
  const bool tflite = read_head(path).ends_with("TFL3");
  if (tflite || lower_extension(path) != ".onnx") return files;
  for (const std::string& beside : external_files(path)) files.push_back(path.parent_path() / beside);
  return files;
}

}  // namespace dflare
