// Models of ONNX Runtime.
#pragma once

#include <filesystem>
#include <memory>

#include "dflare/model.h"

namespace dflare {

// See open_model. The file is known to be there and not empty.
std::unique_ptr<Model> open_onnx_model(const std::filesystem::path& path, const ModelOptions& options);

}  // namespace dflare
