// Handing ONNX Runtime the contents of files in place of the files.
#include "query/onnx/weights_in_memory.h"

#include <cstdio>

#include "core/files.h"
#include "dflare/error.h"
#include "query/onnx/external_files.h"

namespace dflare {
namespace {

constexpr unsigned kApiWithFilesInMemory = 18;  // of header and library
constexpr std::size_t kMostBytes = std::size_t{1} << 30U;

bool takes_files_in_memory([[maybe_unused]] const OnnxRuntime& runtime) {
#if ORT_API_VERSION >= 18
  unsigned major = 0;
  unsigned minor = 0;
  return std::sscanf(runtime.version.c_str(), "%u.%u", &major, &minor) == 2 &&
         (major > 1 || minor >= kApiWithFilesInMemory);
#else
  return false;
#endif
}

}  // namespace

WeightsInMemory::WeightsInMemory(const OnnxRuntime& runtime, const std::filesystem::path& model,
                                 [[maybe_unused]] OrtSessionOptions* options) {
  if (!takes_files_in_memory(runtime)) return;
  std::size_t left = kMostBytes;
  try {
    for (std::string& name : external_files(model)) {
      contents_.push_back(read_file(model.parent_path() / name, left));
      left -= contents_.back().size();
      names_.push_back(std::move(name));
    }
  } catch (const Error&) {
    return;
  }
  if (names_.empty()) return;
#if ORT_API_VERSION >= 18
  std::vector<const char*> names;
  std::vector<char*> contents;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    names.push_back(names_[i].c_str());
    contents.push_back(reinterpret_cast<char*>(contents_[i].data()));
    sizes.push_back(contents_[i].size());
  }
  runtime.check(runtime.api->AddExternalInitializersFromFilesInMemory(options, names.data(), contents.data(),
                                                                      sizes.data(), names.size()));
#endif
}

}  // namespace dflare
