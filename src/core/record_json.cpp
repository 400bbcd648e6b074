// The texts that a run records of itself.
#include "core/record_json.h"

#include <fmt/format.h>

#include "dflare/error.h"

namespace dflare {

nlohmann::ordered_json parse_record(const std::string& text, const std::filesystem::path& run) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: what the run recorded is damaged", (run / "run.sqlite").string()),
                "put it back from a copy, or start a new run by `dflare search`");
  }
}

}  // namespace dflare
