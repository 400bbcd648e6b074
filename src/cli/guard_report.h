// What `dflare guard` found out, as JSON and in words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/guard_samples.h"
#include "dflare/guard.h"
#include "dflare/guard_json.h"

namespace dflare::cli {

struct GuardResult {
  GuardFit fit;
  GuardFigures figures;
  GuardFit margin_fit;  // the same goal with the margin for a score
  GuardFigures margin_figures;
  std::vector<int> labels_never_seen;  // of the compressed model, among the images learnt from
};

// guard.json: the rule that decides, and where it came from and how it does.
nlohmann::ordered_json guard_report(const PastRun& run, const GuardSamples& samples, const GuardResult& result);

// To standard output.
void print_guard_report(const nlohmann::ordered_json& report);

}  // namespace dflare::cli
