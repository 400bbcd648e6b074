// JSON as text, whatever bytes its strings hold.
#include "core/json_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/printable.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool has_foreign_string(const Json& json) {
  if (json.is_string()) {
    return !is_utf8(json.get_ref<const std::string&>());
  }
  if (!json.is_structured()) return false;
  return std::any_of(json.items().begin(), json.items().end(),
                     [](const auto& item) { return !is_utf8(item.key()) || has_foreign_string(item.value()); });
}

std::string in_utf8(const std::string& text) { return is_utf8(text) ? text : utf8_of(text); }

Json in_utf8(const Json& json) {
  if (json.is_string()) return in_utf8(json.get_ref<const std::string&>());
  if (json.is_array()) {
    Json array = Json::array();
    for (const Json& value : json) array.push_back(in_utf8(value));
    return array;
  }
  if (!json.is_object()) return json;
  Json object = Json::object();
  for (const auto& [key, value] : json.items()) object[in_utf8(key)] = in_utf8(value);
  return object;
}

}  // namespace

std::string utf8_of(std::string_view bytes) {
  if (is_utf8(bytes) && bytes.find("\\x") == std::string_view::npos) return std::string(bytes);
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0 || bytes.front() == '\\') {
      text += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(bytes.front()));
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(std::max<std::size_t>(1, length));
  }
  return text;
}

std::string bytes_of(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    unsigned value = 0;
    const char* const digits = text.data() + 2;
    const bool escaped =
        text.size() >= 4 && text.starts_with("\\x") && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    bytes.push_back(escaped ? static_cast<char>(value) : text.front());
    text.remove_prefix(escaped ? 4 : 1);
  }
  return bytes;
}

bool is_report(std::string_view text, const char* key) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains(key);
}

std::string json_text(const Json& json, int indent) {
  return has_foreign_string(json) ? in_utf8(json).dump(indent) : json.dump(indent);
}

}  // namespace dflare
