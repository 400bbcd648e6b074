// JSON as text, whatever bytes its strings hold: names of files and tensors need not be UTF-8.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dflare {

// A name that is to be had back from JSON: itself where it is UTF-8. Otherwise (and where it holds a "\x" of its own)
// each byte that is not UTF-8, and each backslash, is written as \xNN; bytes_of() gives the same bytes back.
std::string utf8_of(std::string_view bytes);
std::string bytes_of(std::string_view text);

// dump(), with utf8_of() the strings that are not UTF-8. What was parsed from JSON stays as it is.
std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

// Whether the text is a JSON object with this key: how a report of ours is told from another file of its name.
bool is_report(std::string_view text, const char* key);

}  // namespace dflare
