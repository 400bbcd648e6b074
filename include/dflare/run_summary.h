// A run in numbers: what summary.json and the closing table tell, computed from what its store holds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dflare/oracle.h"
#include "dflare/pair_figures.h"
#include "dflare/seed_status.h"
#include "dflare/statistics.h"
#include "dflare/store.h"

namespace dflare {

// How long the engine ran; the only thing that the store does not know.
struct RunTiming {
  double wall_seconds = 0;        // of all sessions of the run that ended in an orderly way
  std::int64_t queries = 0;       // asked in that time, refining included and confirmations not
  double queries_per_second = 0;  // of the last session
};

// A sample in three figures; `p90` interpolated as quantile() does.
struct Spread {
  double mean = 0, median = 0, p90 = 0;
};

// Findings that the original gets right and the compressed model wrong, given inputs on which they differ apart.
struct RegressionSummary {
  bool aimed = false;      // --goal regression
  std::int64_t seeds = 0;  // with one
  std::int64_t findings = 0;
  std::optional<Spread> severity;  // of the findings, by the lesser of both margins
};

// What findings of natural changes owe to one kind of them, by what was left without it.
struct NaturalKindSummary {
  std::string kind;   // as --natural-box calls it, shifts by direction
  Estimate needed;    // share of the findings that are none without it
  Estimate strength;  // of those: mean share of the box's limit
  double amount = 0;  // of those: median, in the kind's unit, without sign (factors as they are above 1)
  Estimate owed;      // mean severity that goes without it, over all findings
};

// How findings stand up to the least change there is (Robustness); natural ones apart.
struct RobustSummary {
  Estimate share;         // of a finding's neighbours that deviate, mean over those it was measured of
  std::int64_t all = 0;   // findings whose neighbours deviate all
  std::int64_t none = 0;  // or none of them
};

struct ModelSummary {
  std::string path, runtime;
  std::optional<double> accuracy;  // top-1 over the labelled inputs
};

// Counts of inputs, queries and findings. What there was nothing to measure of is not there.
struct RunSummary {
  bool complete = false;   // every planned seed was searched to its end
  std::int64_t seeds = 0;  // inputs given: searched + natural + remaining + all that were skipped
  std::int64_t searched = 0;
  std::int64_t remaining = 0;
  std::int64_t natural = 0;  // inputs with a confirmed natural finding
  std::map<std::string, std::int64_t> skipped;
  ModelSummary original, compressed;
  std::optional<double> agreement;     // over the inputs that were asked
  std::optional<PairFigures> figures;  // runs of earlier versions have none

  std::int64_t found = 0;                    // of the searched, those with a finding
  std::int64_t found_in_remaining = 0;       // inputs with a finding whose search goes on
  std::map<std::string, std::int64_t> ends;  // of the searched, by how their search ended
  std::optional<Spread> queries;             // of a searched input until its first finding, or all where it has none
  std::optional<Spread> queries_to_find;     // until the first finding, of those that have one
  std::int64_t queries_total = 0;            // of the searched, refining apart
  std::int64_t queries_refining = 0;
  std::optional<double> queries_per_finding;  // queries_total over the findings of the searched
  std::optional<double> seconds_per_seed;
  RunTiming timing;

  std::int64_t confirmed = 0;  // findings, natural ones included
  std::int64_t images = 0;     // different ones among them
  std::int64_t findings = 0;   // natural ones apart
  std::int64_t confirmations = 0, flaky = 0, ties = 0, not_finite = 0;
  std::int64_t failed = 0;  // inputs, given or made, on which a model failed or hung
  std::optional<Spread> severity;
  InputKind input = InputKind::kImage;
  std::optional<Distance> distance;  // medians
  std::optional<RobustSummary> robust;
  std::map<std::string, std::int64_t> kinds, ways;
  std::int64_t within_severity_5 = 0, beyond_severity_5 = 0;  // of those reached by one corruption, by its strength
  RegressionSummary regressions;
  std::vector<NaturalKindSummary> natural_kinds;  // the one most often needed first; only after --refine climb

  bool rows_exact = false;
  int batch = 0, workers = 0;
  std::string oracle = "top1";  // when two answers differ, as --oracle said
  std::string facts, settings;  // JSON, as recorded

  [[nodiscard]] bool labels() const { return oracle == "top1" || oracle.starts_with("binary"); }
  [[nodiscard]] bool sets() const { return !labels() && severity_is_odds(oracle); }
};

// Throws kBadInput for a run that was killed before it had begun.
RunSummary summarise(const FindingStore& store, const RunTiming& timing);

// The document that docs/summary-json.md describes.
std::string to_json(const RunSummary& summary);

// Version of that document: rises when a field changes its meaning or goes; new fields do not raise it.
constexpr int kSummarySchemaVersion = 1;

}  // namespace dflare
