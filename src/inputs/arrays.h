// Arrays of numbers as seeds.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "dflare/seeds.h"
#include "inputs/npy.h"

namespace dflare {

// The seeds of an .npy of N x anything: real numbers or integers. `in` stands at the first element. Rows that hold NaN,
// infinity or what float32 cannot hold become seeds with a problem. Throws kBadInput where rows have another number of
// elements than the models take, and kBadArgument for a range that is none.
SeedSet load_numbers(std::ifstream& in, const NpyHeader& header, const std::filesystem::path& path,
                     const SeedOptions& options);

// What an array is stored as: an .npy of the form's type and dimensions; and back. Throws kBadInput naming `name` for
// bytes that are no such array.
void encode_array(InputView input, std::vector<std::uint8_t>& npy);
Input decode_array(std::span<const std::uint8_t> npy, const std::string& name, const Shape& like);

}  // namespace dflare
