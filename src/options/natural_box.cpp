// --natural-box: from a name, from numbers, from a TOML file.
#include "dflare/natural_box.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "core/files.h"
#include "core/nearest.h"
#include "dflare/error.h"

namespace dflare {
namespace {

const NaturalLimit& limit_named(std::string_view name, const std::string& where) {
  const auto limits = natural_limits();
  const auto found = std::ranges::find(limits, name, &NaturalLimit::name);
  if (found != limits.end()) return *found;
  std::vector<std::string> names;
  for (const NaturalLimit& limit : limits) names.emplace_back(limit.name);
  throw Error(ErrorCode::kBadArgument, fmt::format("unknown limit '{}' in {}", name, where),
              known_names_hint(std::string(name), names));
}

double number_of(std::string_view text, std::string_view name) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  throw Error(ErrorCode::kBadArgument, fmt::format("--natural-box has {} '{}', expected a number", name, text),
              "write limits as in rotate=15,light=40");
}

// "rotate=15,light=40"
NaturalBox box_of_numbers(std::string_view text) {
  NaturalBox box;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view name = one.substr(0, equals);
    const NaturalLimit& limit = limit_named(name, "--natural-box");
    box.*limit.value = number_of(one.substr(std::min(equals + 1, one.size())), name);
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return box;
}

NaturalBox box_of_file(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file);
  NaturalBox box;
  try {
    for (const auto& [key, node] :
         toml::parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), file.string())) {
      const NaturalLimit& limit = limit_named(key.str(), file.string());
      const auto number = node.value<double>();
      if (!number) {
        throw Error(ErrorCode::kBadArgument, fmt::format("'{}' in {} is not a number", limit.name, file.string()),
                    "a line reads `rotate = 15`");
      }
      box.*limit.value = *number;
    }
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} line {} is not TOML: {}", file.string(), e.source().begin.line, e.description()),
                "a line reads `rotate = 15`");
  }
  return box;
}

bool is_file(const std::string& text) {
  std::error_code ignored;
  return std::filesystem::exists(text, ignored);
}

}  // namespace

NaturalBox natural_box_of(const std::string& text) {
  if (const auto named = named_natural_box(text)) return *named;
  const bool numbers = text.find('=') != std::string::npos;
  if (!numbers && !is_file(text) && !text.ends_with(".toml")) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--natural-box is '{}', which is no box and no file", text),
                known_names_hint(text, natural_box_names()));
  }
  const NaturalBox box = numbers && !is_file(text) ? box_of_numbers(text) : box_of_file(text);
  check_natural_box(box);
  return box;
}

std::string natural_box_text(const std::string& text) {
  if (named_natural_box(text)) return text;
  const NaturalBox box = natural_box_of(text);
  std::string numbers;
  for (const NaturalLimit& limit : natural_limits()) {
    const double value = box.*limit.value;
    if (value > limit.none) numbers += fmt::format("{}{}={}", numbers.empty() ? "" : ",", limit.name, value);
  }
  return numbers;
}

}  // namespace dflare
