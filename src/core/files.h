// Whole files: read, or written and replaced so that a failure is reported.
#pragma once

#include <cstdint>
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

// Replaces the file; a part that could be written is taken away again. Throws kCannotWrite.
void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
// The same, such that a reader (or a crash) finds either the old contents or the new.
void replace_file(const std::filesystem::path& path, std::string_view text);
// The same in a folder that is made where it is missing; what fails is told of the file.
void put_file(const std::filesystem::path& path, std::string_view bytes);
// Whether the file holds just these bytes. False when it cannot be read.
bool file_holds(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

// Makes the folder and those above it. Throws kCannotWrite.
void make_folder(const std::filesystem::path& folder);
// The same, and finds out whether files can be made in it: before the work whose result is to be kept there.
void make_writable(const std::filesystem::path& folder);

}  // namespace dflare
