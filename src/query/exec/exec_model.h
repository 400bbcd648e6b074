// Models that are a command: a child process answers.
#pragma once

#include <filesystem>
#include <memory>

#include "dflare/model.h"

namespace dflare {

std::unique_ptr<Model> open_exec_model(const std::filesystem::path& command, const ModelOptions& options);

}  // namespace dflare
