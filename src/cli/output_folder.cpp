// Folders and files that a verb writes beside a run.
#include "cli/output_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "dflare/error.h"

namespace dflare::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const fs::path& path) {
  throw Error(ErrorCode::kCannotWrite, fmt::format("{}: cannot be written", path.string()),
              "choose another folder by -o FOLDER");
}

}  // namespace

void make_writable(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder) || access(folder.c_str(), W_OK) != 0) cannot_write(folder);
}

void replace_file(const fs::path& file, const std::string& text) {
  const fs::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) cannot_write(file);
  }
  std::error_code failed;
  fs::rename(fresh, file, failed);
  if (failed) cannot_write(file);
}

}  // namespace dflare::cli
