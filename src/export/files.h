// Whole files, in and out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dflare {

// Throws kBadInput.
std::string read_whole_file(const std::filesystem::path& file);
// Replaces the file by way of a temporary one beside it: a reader sees the old bytes or the new. Makes the folder.
// Throws kCannotWrite.
void put_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace dflare
