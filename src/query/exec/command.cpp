// Commands as models: what their text says of itself.
#include "query/exec/command.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dflare/model_files.h"

namespace dflare {
namespace {

constexpr std::string_view kPrefix = "exec:";
constexpr std::string_view kOrLeave = "' || exit; ";  // behind the folder that a command goes to

// For between two single quotes.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out;
}

// The words of a command, without the quotes around them or in them. No more of the shell is understood.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : command + " ") {
    const bool ends = quote == 0 && std::string_view(" \t\n;|&()").find(c) != std::string_view::npos;
    if (ends && !word.empty()) words.push_back(std::exchange(word, {}));
    if (ends) continue;
    if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else if (c == quote)
      quote = 0;
    else
      word += c;
  }
  return words;
}

}  // namespace

bool is_command(const std::filesystem::path& model) { return model.native().starts_with(kPrefix); }

std::string command_of(const std::filesystem::path& model) { return model.native().substr(kPrefix.size()); }

bool is_function(const std::filesystem::path& model) { return model.native().starts_with("function:"); }

std::string from_anywhere(const std::string& model) {
  if (is_function(model) || is_remote(model)) return model;
  if (!is_command(model)) return std::filesystem::absolute(model).lexically_normal().string();
  const std::string folder = std::filesystem::current_path().string();
  return std::string(kPrefix) + "cd '" + quoted(folder) + std::string(kOrLeave) + command_of(model);
}

std::string name_of_model(const std::filesystem::path& model) {
  if (is_function(model) || is_remote(model)) return model.string();
  if (!is_command(model)) return model.filename().string();
  const std::string command = command_of(model);
  const std::size_t end = command.starts_with("cd '") ? command.find(kOrLeave) : std::string::npos;
  return std::string(kPrefix) + (end == std::string::npos ? command : command.substr(end + kOrLeave.size()));
}

std::vector<std::filesystem::path> files_in_command(const std::filesystem::path& model) {
  std::vector<std::filesystem::path> files;
  bool written = false;  // the word before sends output to this one
  for (const std::string& word : words_of(command_of(model))) {
    const std::string value = word.substr(word.find('=') + 1);  // as in --model=a.onnx
    for (const std::string& name : {word, value}) {
      std::error_code unknown;
      const std::filesystem::path file = std::filesystem::absolute(name, unknown).lexically_normal();
      const bool counts = !written && !unknown && std::filesystem::is_regular_file(file, unknown);
      if (counts && std::ranges::find(files, file) == files.end()) files.push_back(file);
    }
    written = word.ends_with('>');
  }
  return files;
}

}  // namespace dflare
