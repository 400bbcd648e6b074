// The texts that a run records of itself.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace dflare {

// Parses one of RunRecord's texts. Throws kBadInput where it is damaged, naming the run.
nlohmann::ordered_json parse_record(const std::string& text, const std::filesystem::path& run);

}  // namespace dflare
