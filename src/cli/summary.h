// summary.json: a run in numbers, computed from what its store holds.
#pragma once

#include <nlohmann/json.hpp>

#include "dflare/store.h"

namespace dflare::cli {

// How long the engine ran; the only thing that the store does not know.
struct Timing {
  double wall_seconds = 0;        // of all sessions of the run that ended in an orderly way
  double queries_per_second = 0;  // of the last session
};

// The document described in docs/summary-json.md.
nlohmann::ordered_json summarise(const FindingStore& store, const Timing& timing);

// Version of that document: rises when a field changes its meaning or goes; new fields do not raise it.
constexpr int kSummarySchemaVersion = 1;

}  // namespace dflare::cli
