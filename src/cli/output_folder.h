// Folders and files that a verb writes beside a run.
#pragma once

#include <filesystem>
#include <string>

namespace dflare::cli {

// Makes the folder where it is not there. Called before the models are asked: nobody waits for minutes to learn that
// the result cannot be kept. Throws kCannotWrite.
void make_writable(const std::filesystem::path& folder);

// Replaces the file by way of a temporary one beside it: a reader sees the old text or the new. Throws kCannotWrite.
void replace_file(const std::filesystem::path& file, const std::string& text);

}  // namespace dflare::cli
