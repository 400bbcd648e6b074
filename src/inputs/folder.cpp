// What a folder of seeds holds.
#include "inputs/folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "dflare/error.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 11> kImages{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp",
                                                   ".bmp", ".dib", ".pbm",  ".pgm", ".ppm"};
constexpr std::array<std::string_view, 3> kSounds{".wav", ".wave", ".flac"};
// What stands beside images and is no input.
constexpr std::array<std::string_view, 11> kPapers{".txt",  ".md",  ".csv",  ".tsv",  ".json", ".xml",
                                                   ".yaml", ".yml", ".toml", ".html", ".py"};

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& list, const std::string& extension) {
  return std::ranges::find(list, extension) != list.end();
}

class Lister {
 public:
  Lister(fs::path top, InputKind kind) : top_(std::move(top)), kind_(kind) {}

  FolderFiles list() {
    std::vector<fs::path> folders{top_};
    while (!folders.empty()) {
      const fs::path folder = std::move(folders.back());
      folders.pop_back();
      std::error_code failed;
      fs::directory_iterator it(folder, failed);
      for (; !failed && it != fs::directory_iterator(); it.increment(failed)) look_at(*it, folders);
      if (failed) {
        throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", folder.string(), failed.message()),
                    "make the folder readable, or move it away");
      }
    }
    std::ranges::sort(found_.images);
    for (auto& [extension, left] : left_out_) found_.left_out.push_back(std::move(left));
    return std::move(found_);
  }

 private:
  void look_at(const fs::directory_entry& entry, std::vector<fs::path>& folders) {
    std::error_code ignored;
    const fs::path& path = entry.path();
    if (entry.is_directory(ignored)) {
      if (!entry.is_symlink(ignored)) folders.push_back(path);
      return;
    }
    if (path.filename().string().starts_with('.') || !entry.is_regular_file(ignored)) return;
    const std::string extension = lower_extension(path);
    const std::string name = path.lexically_relative(top_).generic_string();
    if (is_input(extension)) {
      found_.images.push_back(name);
    } else if (!is_one_of(kPapers, extension)) {
      LeftOut& left = left_out_[extension];
      if (left.files == 0 || name < left.first) left.first = name;
      left.extension = as_utf8(extension);
      ++left.files;
    }
  }

  [[nodiscard]] bool is_input(const std::string& extension) const {
    if (kind_ == InputKind::kAudio) return is_one_of(kSounds, extension);
    return kind_ == InputKind::kText ? extension == ".txt" : is_one_of(kImages, extension);
  }

  fs::path top_;
  InputKind kind_;
  FolderFiles found_;
  std::map<std::string, LeftOut> left_out_;
};

// Bytes of the UTF-8 character that begins the text; 0 where none does.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned lead = byte(0);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xf0 && lead < 0xf5 ? 4
                                                         : 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  return overlong || outside ? 0 : size;
}

}  // namespace

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

FolderFiles list_folder(const fs::path& folder, InputKind kind) { return Lister(folder, kind).list(); }

std::string as_utf8(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const std::size_t size = character_size(name);
    if (size == 0) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(name[0]));
    } else {
      text += name.substr(0, size);
    }
    name.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return text;
}

}  // namespace dflare
