// Texts as seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "dflare/seeds.h"

namespace dflare {

// One seed a line of a file of UTF-8; a byte order mark and the carriage returns of line ends are no part of them.
// Lines that are empty, too long for the models or no text become seeds with a problem. Throws kBadInput for a file
// that cannot be read or holds no text at all.
SeedSet load_lines(const std::filesystem::path& path, const SeedOptions& options);

// One seed a file, which is text likewise: without line ends at its end, and with those within it.
void read_text_file(const std::filesystem::path& file, const SeedOptions& options, Seed& seed);

// What a text is stored as: its bytes; and back. Throws kBadInput naming `name` for bytes that are no such text.
void encode_text(InputView input, std::vector<std::uint8_t>& bytes);
Input decode_text(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like);

}  // namespace dflare
