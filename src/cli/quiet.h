// Opening models without what a runtime writes to stderr by itself.
#pragma once

#include <filesystem>
#include <memory>

#include "dflare/model.h"

namespace dflare::cli {

// open_model(). XNNPACK announces itself on stderr when a process makes its first delegate and has no switch for that;
// the command owns its process, so stdio's stderr leads nowhere meanwhile.
std::unique_ptr<Model> open_quietly(const std::filesystem::path& path, const ModelOptions& options);

}  // namespace dflare::cli
