// What belongs to a model on disk.
#pragma once

#include <filesystem>
#include <vector>

namespace dflare {

// Every file that open_model reads for this model: itself first, then the files beside an .onnx that hold its weights,
// as it names them. Throws kBadInput for a model that cannot be read.
std::vector<std::filesystem::path> model_files(const std::filesystem::path& path);

}  // namespace dflare
