// Commands as models: what their text says of itself.
#pragma once

#include <filesystem>
#include <vector>

namespace dflare {

// The files that words of the command name and that are there now, but for those that output is sent to.
std::vector<std::filesystem::path> files_in_command(const std::filesystem::path& model);

}  // namespace dflare
