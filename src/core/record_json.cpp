// The texts that a run records of itself.
#include "core/record_json.h"

#include <fmt/format.h>

#include "dflare/error.h"

namespace dflare {

nlohmann::ordered_json parse_record(const std::string& text, const std::filesystem::path& run) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kBadInput, fmt::format("the run in {} was stopped before it had begun", run.string()),
                "remove the folder and start it again with dflare search");
  }
}

}  // namespace dflare
