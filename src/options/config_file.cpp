// --config: options from a TOML file.
#include "dflare/config_file.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>

#include "core/files.h"
#include "core/nearest.h"
#include "dflare/error.h"

namespace dflare {
namespace {

std::string text_of(const toml::node& node, const std::string& where) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
  if (const auto real = node.value_exact<double>()) return fmt::format("{}", *real);
  if (const auto boolean = node.value_exact<bool>()) return *boolean ? "true" : "false";
  throw Error(ErrorCode::kBadArgument, where + " is not a string, number or boolean",
              "write one value a key, lists with commas inside a string");
}

toml::table parse(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file);
  try {
    return toml::parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), file.string());
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} line {} is not TOML: {}", file.string(), e.source().begin.line, e.description()),
                "a line reads `max-queries = 500` or `strategy = \"dflare\"`");
  }
}

}  // namespace

Givens read_config(const std::filesystem::path& file, unsigned verb) {
  std::vector<std::string> names;
  for (const Flag* flag : flags_of(verb)) names.push_back(flag->name);
  Givens givens;
  for (const auto& [key, node] : parse(file)) {
    const std::string name(key.str());
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end() || name == "config") {
      const std::string meant = nearest_name(name, names);
      throw Error(ErrorCode::kBadArgument, fmt::format("unknown option '{}' in {}", name, file.string()),
                  meant.empty() ? "the keys are the names of the options" : fmt::format("did you mean '{}'?", meant));
    }
    const Flag* flag = flags_of(verb)[static_cast<std::size_t>(found - names.begin())];
    givens.push_back({flag, text_of(node, fmt::format("'{}' in {}", name, file.string())), file.string()});
  }
  return givens;
}

Givens with_config(Givens givens, unsigned verb) {
  const auto config = std::ranges::find_if(givens, [](const Given& given) { return given.flag->name == "config"; });
  if (config == givens.end()) return givens;
  Givens all = read_config(config->text, verb);
  all.insert(all.end(), givens.begin(), givens.end());
  return all;
}

}  // namespace dflare
