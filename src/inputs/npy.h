// NumPy's array format, read piece by piece.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

// What stands before the elements.
struct NpyHeader {
  std::string dtype;  // without the byte order: "u1", "i8", "f4", ...
  std::vector<std::size_t> shape;
  std::size_t data_offset = 0;
  std::size_t element_size = 0;

  [[nodiscard]] std::size_t elements() const;
};

// Reads the header off the first bytes of a file of `file_size` bytes. Throws kBadInput as parse_npy does, also when
// the shape and the file's size do not agree.
NpyHeader parse_npy_header(std::span<const std::uint8_t> start, std::size_t file_size, const std::string& name);

// Enough to hold the header of any array that dflare reads.
constexpr std::size_t kNpyHeaderLimit = 64U << 10U;

}  // namespace dflare
