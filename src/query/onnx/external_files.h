// The files beside an ONNX model that hold its weights.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dflare {

// As the model names them, relative to its own folder, each once, in alphabetical order. Nothing for what is damaged or
// no ONNX model.
std::vector<std::string> external_files(const std::filesystem::path& model);

}  // namespace dflare
