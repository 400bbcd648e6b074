// Files of a run folder.
#include "findings/files.h"

#include <fcntl.h>
#include <sys/file.h>
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
              reason == ENOSPC ? "free disk space, then go on with `dflare resume RUN`"
                               : "choose a folder that can be written");
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

WriterLock::WriterLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) cannot_write(path, errno);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  if (reason != EWOULDBLOCK) cannot_write(path, reason);
  throw Error(ErrorCode::kCannotWrite, folder.string() + ": another process is writing this run",
              "wait until it has ended, or choose another folder by -o RUN");
}

WriterLock::~WriterLock() { ::close(file_); }

}  // namespace dflare
