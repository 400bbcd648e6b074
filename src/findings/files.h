// Files of a run folder: written whole or reported, and locked against a second writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace dflare {

// Replaces the file; a part that could be written is taken away again. Throws kCannotWrite.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
// The same, such that a reader (or a crash) finds either the old contents or the new.
void replace_file(const std::filesystem::path& path, std::string_view text);
// Whether the file holds just these bytes. False when it cannot be read.
bool file_holds(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
// Makes the folder and those above it. Throws kCannotWrite.
void make_folder(const std::filesystem::path& folder);

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
