// Reading the user's files whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace dflare {

// Throws kBadInput for a file that is not there, cannot be read or is larger than `limit`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path,
                                    std::size_t limit = std::numeric_limits<std::size_t>::max());

// The same as text lines, without line ends and without a byte order mark.
std::vector<std::string> read_lines(const std::filesystem::path& path);

}  // namespace dflare
