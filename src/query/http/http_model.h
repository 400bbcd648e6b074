// Models that a server answers for, by the Open Inference Protocol.
#pragma once

#include <filesystem>
#include <memory>

#include "dflare/model.h"

namespace dflare {

// Asks the server what the model is. Throws kBadInput for an address that is none and a model that does not fit,
// kModelFailed for a server that is not there or answers otherwise than the protocol has it.
std::unique_ptr<Model> open_http_model(const std::filesystem::path& url, const ModelOptions& options);

}  // namespace dflare
