// What belongs to a model on disk, and models that are commands.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dflare {

// Every file that open_model reads for this model: itself first, then the files beside an .onnx that hold its weights,
// as it names them; of a command, the files that its words name and that are there, as absolute paths. Throws kBadInput
// for a model that cannot be read.
std::vector<std::filesystem::path> model_files(const std::filesystem::path& path);

// Whether a model is a command to run, not a file: "exec:COMMAND".
bool is_command(const std::filesystem::path& model);
// What the shell is given.
std::string command_of(const std::filesystem::path& model);

// The same model named so that it can be opened from any folder: a file's absolute path; a command that goes to this
// folder first.
std::string from_anywhere(const std::string& model);

// As tables and messages name it: a file without its folders; a command as it was given, wherever from.
std::string name_of_model(const std::filesystem::path& model);

}  // namespace dflare
