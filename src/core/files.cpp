// Whole files, in and out.
#include "core/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "dflare/error.h"

namespace dflare {
namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& path, int reason) {
  throw Error(ErrorCode::kCannotWrite, path.string() + ": " + std::strerror(reason),
              reason == ENOSPC ? "free disk space; a search goes on by `dflare resume RUN`"
                               : "choose a folder that can be written, by -o");
}

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

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

void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) cannot_write(path, errno);
  int reason = write_all(file, bytes) ? 0 : errno;
  if (::close(file) != 0 && reason == 0) reason = errno;
  if (reason == 0) return;
  ::unlink(path.c_str());
  cannot_write(path, reason);
}

void replace_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  write_file(fresh, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (::rename(fresh.c_str(), path.c_str()) == 0) return;
  const int reason = errno;
  ::unlink(fresh.c_str());
  cannot_write(path, reason);
}

void put_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code told_by_writing;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), told_by_writing);
  replace_file(path, bytes);
}

bool file_holds(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  std::error_code failed;
  if (std::filesystem::file_size(path, failed) != bytes.size() || failed) return false;
  std::ifstream in(path, std::ios::binary);
  return std::equal(bytes.begin(), bytes.end(), std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(),
                    [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) cannot_write(folder, failed.value());
}

void make_writable(const std::filesystem::path& folder) {
  make_folder(folder);
  if (::access(folder.c_str(), W_OK) != 0) cannot_write(folder, errno);
}

}  // namespace dflare
