// Whole files: read, or written and replaced so that a failure is reported.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

// Throws kBadInput for a file that is not there, cannot be read or is larger than `limit`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path,
                                    std::size_t limit = std::numeric_limits<std::size_t>::max());

// The same as text lines, without line ends and without a byte order mark.
std::vector<std::string> read_lines(const std::filesystem::path& path);

// Puts the file in the place of whatever has its name: a reader (or a crash) finds either the old contents or the new,
// and a link that has the name is replaced, never written through. Throws kCannotWrite, having changed nothing.
void replace_file(const std::filesystem::path& path, std::string_view bytes);
// The same in a folder that is made where it is missing; what fails is told of the file.
void put_file(const std::filesystem::path& path, std::string_view bytes);

// A file that is written piece by piece, and takes its place only when all of it is there; else nothing is left of it.
// Devices and pipes are written as they are.
class FileInTheMaking {
 public:
  // Throws kCannotWrite.
  explicit FileInTheMaking(std::filesystem::path path);
  FileInTheMaking(const FileInTheMaking&) = delete;
  FileInTheMaking& operator=(const FileInTheMaking&) = delete;
  ~FileInTheMaking();

  // Failures are told by finish().
  void write(const void* data, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  // Throws kCannotWrite.
  void finish();

 private:
  void discard() noexcept;

  std::filesystem::path path_, beside_;  // beside_: empty where path_ is written directly
  std::FILE* file_ = nullptr;
  int failed_ = 0;  // errno
};

// A folder of files that are all ours to make and take away, by their names: nothing is reached through a link.
class OwnFolder {
 public:
  // The folder is made where it is missing. Throws kCannotWrite; for a link in its place too.
  OwnFolder(const std::filesystem::path& above, const std::string& name);
  OwnFolder(OwnFolder&& other) noexcept;
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  ~OwnFolder();

  // Writes the file anew, in the place of what had its name; a part that could be written is taken away again.
  // Throws kCannotWrite.
  void write(const std::string& name, std::span<const std::uint8_t> bytes) const;
  // Whether there is a file, and no link, of just these bytes.
  [[nodiscard]] bool holds(const std::string& name, std::span<const std::uint8_t> bytes) const;
  // Takes a file or link away, if it is there.
  void remove(const std::string& name) const noexcept;

 private:
  std::filesystem::path path_;
  int folder_ = -1;
};

// Makes the folder and those above it. Throws kCannotWrite.
void make_folder(const std::filesystem::path& folder);
// The same, and finds out whether files can be made in it: before the work whose result is to be kept there.
void make_writable(const std::filesystem::path& folder);

// Before results of ours are written into somebody's folder: throws kBadArgument naming the first of `files` that is
// there already, unless `is_ours` says of the `marker` among them (its text) that an earlier result of ours lies there.
void claim_folder(const std::filesystem::path& folder, const std::string& marker, std::span<const std::string> files,
                  bool (*is_ours)(std::string_view text));

}  // namespace dflare
