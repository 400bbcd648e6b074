// What a run means, in sentences for someone who has a minute.
#pragma once

#include <span>

#include "dflare/run_page.h"

namespace dflare {

PageVerdict verdict_of(const RunSummary& summary, std::span<const PageFinding> findings, const std::string& run);

}  // namespace dflare
