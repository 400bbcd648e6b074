// What a folder of seeds holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/seeds.h"

namespace dflare {

struct FolderFiles {
  std::vector<std::string> images;  // relative to the folder, sorted; of texts the .txt files
  std::vector<LeftOut> left_out;    // by extension
};

// The image files (of texts the .txt files) below the folder, and what else is there that might be meant as an input.
// Throws kBadInput naming the folder that cannot be read, be it deep inside.
FolderFiles list_folder(const std::filesystem::path& folder, InputKind kind);

// The same text with bytes that are not UTF-8 written as \xNN: names of files are stored and shown as text.
std::string as_utf8(std::string_view name);

// The ending of its name, dot and all, in lower case.
std::string lower_extension(const std::filesystem::path& path);

}  // namespace dflare
