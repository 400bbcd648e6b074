// Reading the user's files whole.
#include "inputs/files.h"

#include <fmt/core.h>

#include <fstream>
#include <string_view>

#include "dflare/error.h"

namespace dflare {

std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t limit) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) {
    const bool there = std::filesystem::exists(path, failed);
    throw Error(ErrorCode::kBadInput, path.string() + (there ? ": not a file" : ": no such file"));
  }
  const std::size_t size = std::filesystem::file_size(path, failed);
  if (!failed && size > limit) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {} bytes, expected at most {}", path.string(), size, limit));
  }
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes(failed ? 0 : size);
  in.read(reinterpret_cast<char*>(bytes.data()), std::ssize(bytes));
  if (failed || !in) throw Error(ErrorCode::kBadInput, path.string() + ": cannot be read");
  return bytes;
}

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace dflare
