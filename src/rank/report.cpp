// The files that a ranking is of.
#include <filesystem>

#include "dflare/rank_report.h"

namespace dflare {

RankedFile ranked_file(const std::string& path) {
  std::error_code unknown;
  const std::uintmax_t bytes = std::filesystem::file_size(path, unknown);
  return {path, unknown ? 0 : bytes};
}

}  // namespace dflare
