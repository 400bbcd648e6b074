// What belongs to a model on disk, and models that are no files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dflare {

// Every file that open_model reads for this model: itself first, then the files beside an .onnx that hold its weights,
// as it names them; of a command, the files that its words name and that are there, as absolute paths; of a function
// or a server nothing more. Throws kBadInput for a model that cannot be read.
std::vector<std::filesystem::path> model_files(const std::filesystem::path& path);

// Whether a model is a command to run, not a file: "exec:COMMAND".
bool is_command(const std::filesystem::path& model);
// What the shell is given.
std::string command_of(const std::filesystem::path& model);

// Whether a model is code of a caller's, not a file: "function:NAME". Only that caller's Opener opens it.
bool is_function(const std::filesystem::path& model);

// Whether a model is one that a server answers for: "http://HOST:PORT/v2/models/NAME", or https.
bool is_remote(const std::filesystem::path& model);

// The same model named so that it can be opened from any folder: a file's absolute path; a command that goes to this
// folder first; a function's name; an address.
std::string from_anywhere(const std::string& model);

// As tables and messages name it: a file without its folders; a command as it was given, wherever from; functions and
// addresses as they are called.
std::string name_of_model(const std::filesystem::path& model);

}  // namespace dflare
