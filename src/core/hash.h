// SHA-256, to tell whether models and inputs are what they were.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace dflare {

// In hexadecimal.
std::string sha256(std::span<const std::uint8_t> bytes);
// Throws kBadInput for a file that cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace dflare
