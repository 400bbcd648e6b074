// Sounds as seeds, and what is stored of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "dflare/seeds.h"

namespace dflare {

// One seed a file: WAV or FLAC, told apart by their first bytes, of any width, rate and number of channels. Channels
// are averaged, another rate is converted to that of `options`. What cannot be read, is silent or too long becomes a
// problem of the seed; a file is not read further than its head where that says that it is too long.
void read_sound_file(const std::filesystem::path& file, const SeedOptions& options, Seed& seed);

// A sound as FLAC of 16 bits, and back. decode_sound throws kBadInput naming `name` for bytes that are none, or hold
// another rate, more channels, other samples or more of them than `like` has room for.
void encode_sound(InputView input, std::vector<std::uint8_t>& bytes);
Input decode_sound(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like);

}  // namespace dflare
