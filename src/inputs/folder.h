// What a folder of seeds holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/seeds.h"

namespace dflare {

struct FolderFiles {
  std::vector<std::string> images;  // relative to the folder, sorted
  std::vector<LeftOut> left_out;    // by extension
};

// The image files below the folder, and what else is there that might be meant as an input. Throws kBadInput naming the
// folder that cannot be read, be it deep inside.
FolderFiles list_folder(const std::filesystem::path& folder);

// The same text with bytes that are not UTF-8 written as \xNN: names of files are stored and shown as text.
std::string as_utf8(std::string_view name);

}  // namespace dflare
