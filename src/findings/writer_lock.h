// A run folder is locked against a second writer.
#pragma once

#include <filesystem>

namespace dflare {

// Held while this process writes a run; the system lets go of it when the process dies.
class WriterLock {
 public:
  // Throws kCannotWrite when another process holds it.
  explicit WriterLock(const std::filesystem::path& folder);
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock();

 private:
  int file_ = -1;
};

}  // namespace dflare
