// A run folder is written by one process at a time.
#include "findings/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dflare/error.h"

namespace dflare {
namespace {

[[noreturn]] void cannot_lock(const std::filesystem::path& path, int reason) {
  throw Error(ErrorCode::kCannotWrite, path.string() + ": " + std::strerror(reason),
              "choose a folder that can be written, by -o");
}

}  // namespace

WriterLock::WriterLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file_ < 0) cannot_lock(path, errno);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  if (reason != EWOULDBLOCK) cannot_lock(path, reason);
  throw Error(ErrorCode::kCannotWrite, folder.string() + ": another process is writing this run",
              "wait until it has ended, or choose another folder by -o RUN");
}

WriterLock::~WriterLock() { ::close(file_); }

}  // namespace dflare
