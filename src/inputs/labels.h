// True labels of seeds, from folder names, CSV files or arrays.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dflare {

// What a label may be called: class indices, and names where there is a file of them.
class ClassNames {
 public:
  // One name a line; an empty path: no names. Throws kBadInput for an empty file or a name that stands twice.
  static ClassNames read(const std::filesystem::path& path);

  [[nodiscard]] bool empty() const { return names_.empty(); }
  // The class of that name, or the index that it is; nothing when it is neither, or an index without a class.
  [[nodiscard]] std::optional<int> find(std::string_view label) const;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> index_;
};

// Labels by file, as a CSV of `file,label` (or `label` left empty) gives them, quoted as in RFC 4180; files relative to
// `folder`. The first line is a header where it names neither a file nor a class.
// Throws kBadInput naming the line: no two columns, a label that is no class, a file that stands twice.
std::map<std::string, int> read_csv_labels(const std::filesystem::path& path, const std::filesystem::path& folder,
                                           const ClassNames& classes);

// Labels by row, from an .npy of integers. Throws kBadInput for another type or shape, or negative labels.
std::vector<int> read_npy_labels(const std::filesystem::path& path);

}  // namespace dflare
