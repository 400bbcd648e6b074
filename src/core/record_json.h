// The texts that a run records of itself.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace dflare {

// Parses one of RunRecord's texts. Throws kBadInput for a run that was killed before it had begun.
nlohmann::ordered_json parse_record(const std::string& text, const std::filesystem::path& run);

}  // namespace dflare
