// Whole files, in and out.
#include "export/files.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "dflare/error.h"

namespace dflare {
namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorCode::kCannotWrite, fmt::format("{}: cannot be written: {}", file.string(), why),
              "name a folder that can be written by -o");
}

}  // namespace

std::string read_whole_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in.is_open()) text << in.rdbuf();
  if (!in.is_open() || in.bad() || std::filesystem::is_directory(file)) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: cannot be read", file.string()), "check the path");
  }
  return std::move(text).str();
}

void put_file(const std::filesystem::path& file, std::string_view bytes) {
  std::error_code code;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), code);
  if (code) cannot_write(file, code.message());
  const std::filesystem::path temporary = file.string() + ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out.good()) {
    std::filesystem::remove(temporary, code);
    cannot_write(file, "no room, or no permission");
  }
  std::filesystem::rename(temporary, file, code);
  if (code) {
    const std::string why = code.message();
    std::filesystem::remove(temporary, code);
    cannot_write(file, why);
  }
}

}  // namespace dflare
