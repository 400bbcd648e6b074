// Versions: of this program and of the runtimes it finds.
#include "cli/version.h"

#include <fmt/format.h>

#include "dflare/runtimes.h"

namespace dflare::cli {

std::string version_text() {
  std::string text = "dflare " DFLARE_VERSION "\n";
  for (const RuntimeFound& runtime : find_runtimes({})) {
    text += runtime.problem.empty() ? fmt::format("{} {}\n", runtime.name, runtime.version)
                                    : fmt::format("{}: none ({})\n", runtime.name, runtime.problem);
  }
  return text;
}

}  // namespace dflare::cli
