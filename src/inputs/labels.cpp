// True labels of seeds, from folder names, CSV files or arrays.
#include "inputs/labels.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

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

struct CsvRecord {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

// Records of RFC 4180: "quoted" fields may hold commas, line ends and doubled quotes. Lines of blanks are no records.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::filesystem::path& path) : rest_(text), path_(path) {}

  std::optional<CsvRecord> next() {
    while (!rest_.empty()) {
      CsvRecord record{line_, {}};
      do record.fields.push_back(field());
      while (take(','));
      take('\r');
      if (take('\n')) ++line_;
      if (record.fields.size() > 1 || record.fields[0].find_first_not_of(" \t") != std::string::npos) return record;
    }
    return std::nullopt;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string field() {
    std::string text;
    if (!take('"')) {
      const std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
      text = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (text.ends_with('\r') && (rest_.empty() || rest_[0] == '\n')) text.pop_back();
      return text;
    }
    const std::size_t began = line_;
    while (true) {
      if (rest_.empty()) bad_line(path_, began, "a quote that nothing ends");
      if (take('"') && !rest_.starts_with('"')) return text;
      if (rest_[0] == '\n') ++line_;
      text += rest_[0];
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  const std::filesystem::path& path_;
  std::size_t line_ = 1;
};

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(" \t") + 1 - start);
}

// The file as seeds are called: relative to their folder.
std::string seed_name(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const std::filesystem::path relative = file.is_absolute() ? file.lexically_relative(folder) : file;
  return relative.lexically_normal().generic_string();
}

bool names_a_file(const std::string& name, const std::filesystem::path& folder) {
  std::error_code failed;
  return !name.empty() && std::filesystem::exists(folder / name, failed);
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
    if (!classes.index_.emplace(name, static_cast<int>(i)).second) {
      bad_line(path, i + 1, fmt::format("class '{}' stands twice", name));
    }
  }
  if (classes.empty()) throw Error(ErrorCode::kBadInput, path.string() + ": empty, expected one class name a line");
  return classes;
}

std::optional<int> ClassNames::find(std::string_view label) const {
  const auto named = index_.find(std::string(label));
  if (named != index_.end()) return named->second;
  const std::optional<int> index = class_index(label);
  if (index && !names_.empty() && std::cmp_greater_equal(*index, names_.size())) return std::nullopt;
  return index;
}

std::map<std::string, int> read_csv_labels(const std::filesystem::path& path, const std::filesystem::path& folder,
                                           const ClassNames& classes) {
  std::map<std::string, int> labels;
  const std::vector<std::uint8_t> bytes = read_file(path);
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (all.starts_with("\xef\xbb\xbf")) all.remove_prefix(3);
  CsvReader reader(all, path);
  bool first = true;
  while (const std::optional<CsvRecord> record = reader.next()) {
    const auto& [line, fields] = *record;
    if (fields.size() != 2) bad_line(path, line, fmt::format("{} columns, expected file,label", fields.size()));
    const std::string file = trimmed(fields[0]), text = trimmed(fields[1]);
    const std::optional<int> label = text.empty() ? -1 : classes.find(text);
    const bool header = std::exchange(first, false) && (text == "label" || (!label && !names_a_file(file, folder)));
    if (header) continue;
    if (!label) {
      bad_line(path, line, fmt::format("label '{}', expected a class index from 0", text),
               classes.empty() ? "name the classes by --classes FILE" : known_names_hint(text, classes.names()));
    }
    if (!labels.emplace(seed_name(file, folder), *label).second) {
      bad_line(path, line, fmt::format("'{}' stands twice", fields[0]));
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
