// A run as the data of its page: what report/src/data.ts reads.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dflare/run_page.h"

namespace dflare {

// All but the pictures themselves. Findings are columns, in the order of page.findings: many thousands take less room
// and time so. Whatever came from outside is printable.
nlohmann::ordered_json page_data(const RunPage& page);

}  // namespace dflare
