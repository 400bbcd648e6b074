// What a session of a run knows of those before it, and how it leaves the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "dflare/finding.h"
#include "dflare/options.h"
#include "dflare/run_summary.h"
#include "dflare/search.h"
#include "dflare/search_as_asked.h"
#include "dflare/store.h"

namespace dflare {

// What the options ask of a search, and what only code can give it.
SearchSettings settings_asked(const Options& options, const SearchHooks& hooks);

// What the summary.json in a run's folder says of its sessions; nothing when there is none or it cannot be read.
RunTiming recorded_timing(const std::filesystem::path& folder);

// All that the chains which ended have asked, refining included.
std::int64_t queries_of(const std::vector<SeedDone>& done);

// Counts of what earlier sessions found and ended, so that a resumed run's progress begins there.
void recall_counts(const FindingStore& store, const std::vector<SeedDone>& done, LiveProgress& progress);

// `before`: of earlier sessions; `queries_before`: queries_of() what had ended then; `wall_seconds`: of this session,
// 0: nothing ran. Returns the summary.
RunSummary close_session(FindingStore& store, const RunTiming& before, std::int64_t queries_before,
                         double wall_seconds);

}  // namespace dflare
