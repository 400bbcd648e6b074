// Which runtimes open_model() would use, without opening a model.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/model.h"

namespace dflare {

struct RuntimeFound {
  std::string name;               // "onnxruntime", "tflite"
  std::string version;            // empty: it cannot be loaded
  std::string problem;            // why not
  std::filesystem::path library;  // that would be loaded; may be a name that the system's loader knows
};

// Loads both, as open_model() would with these options. Never throws for a runtime that is not there.
std::vector<RuntimeFound> find_runtimes(const ModelOptions& options);

}  // namespace dflare
