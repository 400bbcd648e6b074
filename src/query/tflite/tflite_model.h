// Models of TensorFlow Lite.
#pragma once

#include <filesystem>
#include <memory>

#include "dflare/model.h"

namespace dflare {

// See open_model. The file is known to begin like a TensorFlow Lite model.
std::unique_ptr<Model> open_tflite_model(const std::filesystem::path& path, const ModelOptions& options);

}  // namespace dflare
