// Which runtimes open_model() would use, without opening a model.
#pragma once

#include <string>
#include <vector>

#include "dflare/model.h"

namespace dflare {

struct RuntimeFound {
  std::string name;     // "onnxruntime", "tflite"
  std::string version;  // empty: it cannot be loaded
  std::string problem;  // why not
};

// Loads both, as open_model() would with these options. Never throws for a runtime that is not there.
std::vector<RuntimeFound> find_runtimes(const ModelOptions& options);

}  // namespace dflare
