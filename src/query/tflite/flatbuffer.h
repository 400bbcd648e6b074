// Reading the tables of a flatbuffer that may be damaged.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace dflare::tflite {

using Bytes = std::vector<std::uint8_t>;

// Thrown where a table points out of the file.
struct Damaged {};

template <class T>
T read(const Bytes& bytes, std::size_t at) {
  T value{};
  if (at > bytes.size() || bytes.size() - at < sizeof value) throw Damaged();
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// Where the reference at `at` points.
inline std::size_t target(const Bytes& bytes, std::size_t at) { return at + read<std::uint32_t>(bytes, at); }

// Where a field of the table at `table` lies; nothing when it is absent.
inline std::optional<std::size_t> field(const Bytes& bytes, std::size_t table, std::size_t index) {
  const auto vtable = static_cast<std::int64_t>(table) - read<std::int32_t>(bytes, table);
  if (vtable < 0) throw Damaged();
  const auto start = static_cast<std::size_t>(vtable);
  const std::size_t entry = 4 + 2 * index;
  if (entry + 2 > read<std::uint16_t>(bytes, start)) return std::nullopt;
  const auto offset = read<std::uint16_t>(bytes, start + entry);
  return offset == 0 ? std::nullopt : std::optional(table + offset);
}

// A number in a table; 0, the schema's default, when it is absent.
template <class T>
T number(const Bytes& bytes, std::size_t table, std::size_t index) {
  const auto at = field(bytes, table, index);
  return at ? read<T>(bytes, *at) : T{0};
}

// The tables in the list that a field refers to, by where they lie.
inline std::vector<std::size_t> tables(const Bytes& bytes, std::size_t table, std::size_t index) {
  std::vector<std::size_t> found;
  const auto at = field(bytes, table, index);
  if (!at) return found;
  const std::size_t list = target(bytes, *at);
  for (std::size_t i = 0, count = read<std::uint32_t>(bytes, list); i < count; ++i) {
    found.push_back(target(bytes, list + 4 + 4 * i));
  }
  return found;
}

}  // namespace dflare::tflite
