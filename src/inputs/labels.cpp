// True labels of seeds, from folder names, CSV files or arrays.
#include "inputs/labels.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "core/files.h"
#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/seeds.h"

namespace dflare {
namespace {

[[noreturn]] void bad_line(const std::filesystem::path& path, std::size_t line, const std::string& why,
                           const std::string& hint = {}) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: {}", path.string(), line, why), hint);
}

std::optional<int> class_index(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// Fields of one line; "quoted" ones may hold commas and doubled quotes.
std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

// The file as seeds are called: relative to their folder.
std::string seed_name(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const std::filesystem::path relative = file.is_absolute() ? file.lexically_relative(folder) : file;
  return relative.lexically_normal().generic_string();
}

template <class T>
std::vector<int> whole_numbers(const NpyArray& array, const std::string& name) {
  std::vector<int> labels;
  labels.reserve(array.bytes.size() / sizeof(T));
  for (std::size_t at = 0; at < array.bytes.size(); at += sizeof(T)) {
    T value{};
    std::memcpy(&value, array.bytes.data() + at, sizeof(T));
    if (std::cmp_less(value, 0) || std::cmp_greater(value, std::numeric_limits<int>::max())) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: label {} at row {}, expected a class index from 0", name, value, labels.size()));
    }
    labels.push_back(static_cast<int>(value));
  }
  return labels;
}

}  // namespace

ClassNames ClassNames::read(const std::filesystem::path& path) {
  ClassNames classes;
  if (path.empty()) return classes;
  classes.names_ = read_lines(path);
  while (!classes.names_.empty() && trimmed(classes.names_.back()).empty()) classes.names_.pop_back();
  for (std::size_t i = 0; i < classes.names_.size(); ++i) {
    std::string& name = classes.names_[i];
    name = trimmed(name);
    if (name.empty()) bad_line(path, i + 1, "empty, expected one class name a line");
    const auto earlier = std::find(classes.names_.begin(), classes.names_.begin() + std::ssize(classes.names_), name);
    if (earlier - classes.names_.begin() < static_cast<std::ptrdiff_t>(i)) {
      bad_line(path, i + 1, fmt::format("class '{}' stands twice", name));
    }
  }
  if (classes.empty()) throw Error(ErrorCode::kBadInput, path.string() + ": empty, expected one class name a line");
  return classes;
}

std::optional<int> ClassNames::find(std::string_view label) const {
  const auto named = std::find(names_.begin(), names_.end(), label);
  if (named != names_.end()) return static_cast<int>(named - names_.begin());
  const std::optional<int> index = class_index(label);
  if (index && !names_.empty() && std::cmp_greater_equal(*index, names_.size())) return std::nullopt;
  return index;
}

std::map<std::string, int> read_csv_labels(const std::filesystem::path& path, const std::filesystem::path& folder,
                                           const ClassNames& classes) {
  std::map<std::string, int> labels;
  const std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (trimmed(lines[i]).empty()) continue;
    const std::vector<std::string> fields = csv_fields(lines[i]);
    if (fields.size() != 2) bad_line(path, i + 1, fmt::format("{} columns, expected file,label", fields.size()));
    const std::string text = trimmed(fields[1]);
    if (i == 0 && text == "label") continue;
    const std::optional<int> label = text.empty() ? -1 : classes.find(text);
    if (!label) {
      bad_line(path, i + 1, fmt::format("label '{}', expected a class index from 0", text),
               classes.empty() ? "name the classes by --classes FILE" : known_names_hint(text, classes.names()));
    }
    if (!labels.emplace(seed_name(trimmed(fields[0]), folder), *label).second) {
      bad_line(path, i + 1, fmt::format("'{}' stands twice", fields[0]));
    }
  }
  return labels;
}

std::vector<int> read_npy_labels(const std::filesystem::path& path) {
  const NpyArray array = read_npy(path);
  const std::string name = path.string();
  const bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if (array.shape.size() != 1 && !column) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {} axes, expected one label a row", name, array.shape.size()));
  }
  if (array.dtype == "u1") return whole_numbers<std::uint8_t>(array, name);
  if (array.dtype == "u2") return whole_numbers<std::uint16_t>(array, name);
  if (array.dtype == "u4") return whole_numbers<std::uint32_t>(array, name);
  if (array.dtype == "u8") return whole_numbers<std::uint64_t>(array, name);
  if (array.dtype == "i1") return whole_numbers<std::int8_t>(array, name);
  if (array.dtype == "i2") return whole_numbers<std::int16_t>(array, name);
  if (array.dtype == "i4") return whole_numbers<std::int32_t>(array, name);
  if (array.dtype == "i8") return whole_numbers<std::int64_t>(array, name);
  throw Error(ErrorCode::kBadInput, fmt::format("{}: elements of type '{}', expected integers", name, array.dtype),
              "save labels.astype(numpy.int64)");
}

}  // namespace dflare
