// Whole files, in and out.
#include "core/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

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

void replace_file(const std::filesystem::path& path, std::string_view bytes) {
  FileInTheMaking file(path);
  file.write(bytes);
  file.finish();
}

void put_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code told_by_writing;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), told_by_writing);
  replace_file(path, bytes);
}

FileInTheMaking::FileInTheMaking(std::filesystem::path path) : path_(std::move(path)) {
  struct stat there {};
  const bool exists = ::stat(path_.c_str(), &there) == 0;
  if (exists && S_ISDIR(there.st_mode)) cannot_write(path_, EISDIR);
  if (exists && !S_ISREG(there.st_mode)) {
    file_ = std::fopen(path_.c_str(), "we");
    if (file_ == nullptr) cannot_write(path_, errno);
    return;
  }
  for (int n = 0; file_ == nullptr; ++n) {  // a name that nothing has
    beside_ = path_.parent_path() / fmt::format(".{}.{}-{}", path_.filename().string().substr(0, 200), ::getpid(), n);
    file_ = std::fopen(beside_.c_str(), "wxe");
    if (file_ == nullptr && errno != EEXIST) cannot_write(path_, errno);
  }
}

FileInTheMaking::~FileInTheMaking() { discard(); }

void FileInTheMaking::discard() noexcept {
  if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
  if (!beside_.empty()) ::unlink(beside_.c_str());
  beside_.clear();
}

void FileInTheMaking::write(const void* data, std::size_t size) {
  if (size == 0) return;  // `data` may be null
  if (failed_ == 0 && std::fwrite(data, 1, size, file_) != size) failed_ = errno;
}

void FileInTheMaking::finish() {
  if (std::fclose(std::exchange(file_, nullptr)) != 0 && failed_ == 0) failed_ = errno;
  if (failed_ == 0 && !beside_.empty() && ::rename(beside_.c_str(), path_.c_str()) != 0) failed_ = errno;
  if (failed_ != 0) {
    discard();
    cannot_write(path_, failed_);
  }
  beside_.clear();
}

OwnFolder::OwnFolder(const std::filesystem::path& above, const std::string& name) : path_(above / name) {
  const int parent = ::open(above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) cannot_write(above, errno);
  int reason = ::mkdirat(parent, name.c_str(), 0777) == 0 || errno == EEXIST ? 0 : errno;
  if (reason == 0) {
    folder_ = ::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder_ < 0) reason = errno;
  }
  ::close(parent);
  if (reason == ELOOP || reason == ENOTDIR) {
    throw Error(ErrorCode::kCannotWrite, path_.string() + ": a link or a file, expected a folder of the run's own",
                "move it away; `dflare resume RUN` writes the images again");
  }
  if (reason != 0) cannot_write(path_, reason);
}

OwnFolder::OwnFolder(OwnFolder&& other) noexcept
    : path_(std::move(other.path_)), folder_(std::exchange(other.folder_, -1)) {}

OwnFolder::~OwnFolder() {
  if (folder_ >= 0) ::close(folder_);
}

void OwnFolder::write(const std::string& name, std::span<const std::uint8_t> bytes) const {
  constexpr int kAnew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int file = ::openat(folder_, name.c_str(), kAnew, 0666);
  if (file < 0 && errno == EEXIST && ::unlinkat(folder_, name.c_str(), 0) == 0) {
    file = ::openat(folder_, name.c_str(), kAnew, 0666);
  }
  if (file < 0) cannot_write(path_ / name, errno);
  int reason = write_all(file, bytes) ? 0 : errno;
  if (::close(file) != 0 && reason == 0) reason = errno;
  if (reason == 0) return;
  remove(name);
  cannot_write(path_ / name, reason);
}

bool OwnFolder::holds(const std::string& name, std::span<const std::uint8_t> bytes) const {
  const int file = ::openat(folder_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return false;
  struct stat found {};
  bool same = ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) && std::cmp_equal(found.st_size, bytes.size());
  std::vector<std::uint8_t> present(same ? bytes.size() : 0);
  std::size_t at = 0;
  while (same && at < present.size()) {
    const ssize_t got = ::read(file, present.data() + at, present.size() - at);
    if (got < 0 && errno == EINTR) continue;
    same = got > 0;
    at += same ? static_cast<std::size_t>(got) : 0;
  }
  ::close(file);
  return same && std::equal(present.begin(), present.end(), bytes.begin());
}

void OwnFolder::remove(const std::string& name) const noexcept { ::unlinkat(folder_, name.c_str(), 0); }

void make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) cannot_write(folder, failed.value());
}

void make_writable(const std::filesystem::path& folder) {
  make_folder(folder);
  if (::access(folder.c_str(), W_OK) != 0) cannot_write(folder, errno);
}

void claim_folder(const std::filesystem::path& folder, const std::string& marker, std::span<const std::string> files,
                  bool (*is_ours)(std::string_view text)) {
  std::error_code failed;
  const auto taken = std::find_if(files.begin(), files.end(), [&](const std::string& file) {
    return std::filesystem::exists(std::filesystem::symlink_status(folder / file, failed));
  });
  if (taken == files.end()) return;
  if (std::filesystem::is_regular_file(folder / marker, failed)) {
    const std::vector<std::uint8_t> bytes = read_file(folder / marker);
    if (is_ours({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) return;
  }
  throw Error(ErrorCode::kBadArgument, (folder / *taken).string() + ": exists, and no earlier result of dflare",
              "choose another folder by -o");
}

}  // namespace dflare
