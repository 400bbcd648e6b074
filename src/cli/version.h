// Versions: of this program and of the runtimes it finds.
#pragma once

#include <string>

namespace dflare::cli {

std::string version_text();

}  // namespace dflare::cli
