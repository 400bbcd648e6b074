// A guard as JSON: written, and read with care.
#include "dflare/guard_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/reading_json.h"
#include "dflare/error.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

Json rows_of(const std::vector<float>& table, std::size_t classes) {
  Json rows = Json::array();
  for (std::size_t first = 0; first < table.size(); first += classes) {
    rows.push_back(std::vector<float>(table.begin() + static_cast<std::ptrdiff_t>(first),
                                      table.begin() + static_cast<std::ptrdiff_t>(first + classes)));
  }
  return rows;
}

std::vector<float> table_of(const Json& rows, std::size_t classes) {
  std::vector<float> table;
  for (const Json& row : rows) {
    const auto values = row.get<std::vector<float>>();
    if (values.size() != classes) throw std::invalid_argument("a row of another length than classes");
    table.insert(table.end(), values.begin(), values.end());
  }
  if (table.size() != classes * classes) throw std::invalid_argument("a table of other rows than classes");
  for (const float v : table) {
    if (!std::isfinite(v)) throw std::invalid_argument("a number that is not finite");
  }
  return table;
}

GuardRule rule_of(const Json& json) {
  if (const int version = json.at("schema_version").get<int>(); version != kSchemaVersion) {
    throw std::invalid_argument(fmt::format("schema_version {}, expected {}", version, kSchemaVersion));
  }
  GuardRule rule;
  rule.guard.score = json.at("score").get<std::string>();
  rule.guard.classes = json.at("classes").get<std::size_t>();
  rule.guard.threshold = json.at("threshold").get<double>();
  rule.reading = reading_of(json.at("reading"));
  if (rule.guard.score == "pair-margin") {
    rule.guard.shift = table_of(json.at("shift"), rule.guard.classes);
    rule.guard.scale = table_of(json.at("scale"), rule.guard.classes);
  } else if (rule.guard.score != "margin") {
    throw std::invalid_argument(fmt::format("unknown score '{}', expected margin or pair-margin", rule.guard.score));
  }
  return rule;
}

}  // namespace

std::string to_json(const GuardRule& rule) {
  Json json = {{"schema_version", kSchemaVersion},
               {"score", rule.guard.score},
               {"classes", rule.guard.classes},
               {"threshold", rule.guard.threshold},
               {"reading", json_of(rule.reading)}};
  if (!rule.guard.scale.empty()) {
    json["shift"] = rows_of(rule.guard.shift, rule.guard.classes);
    json["scale"] = rows_of(rule.guard.scale, rule.guard.classes);
  }
  return json.dump() + "\n";
}

GuardRule guard_rule_from_json(std::string_view text, const std::string& name) {
  try {
    return rule_of(Json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no guard: {}", name, e.what()),
                "make it again by dflare guard");
  } catch (const std::invalid_argument& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: is no guard that can be used: {}", name, e.what()),
                "make it again by dflare guard");
  }
}

}  // namespace dflare
