// Two runs or two profiles of the same inputs, side by side: what is fixed, what is new, and whether that is more than
// chance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dflare/statistics.h"

namespace dflare {

// An input that both know.
struct ComparedInput {
  std::string source;
  bool before = false, after = false;  // a run: it has a finding; a profile: the models differ on it as it is
  std::optional<double> queries_before, queries_after;      // of a run
  std::optional<double> severity_before, severity_after;    // of a run; 0 without a finding
  std::optional<double> corrupted_before, corrupted_after;  // of a profile: share of its corrupted images, 0 to 1
  std::optional<bool> regression_before, regression_after;  // of a profile with labels
};

enum class Direction { kBetter, kWorse, kCannotTell };
std::string_view to_string(Direction direction);  // "better", "worse", "cannot be told apart"

// A figure before and after, and its change, paired by input: of the inputs that have both.
struct PairedFigure {
  std::string name;
  bool is_share = false;
  bool more_is_better = false;
  double before = 0, after = 0;
  Estimate change;  // after - before
  Direction direction = Direction::kCannotTell;
};

struct Comparison {
  std::int64_t inputs = 0;
  std::vector<std::string> fixed, created;  // sources
  std::int64_t still = 0, neither = 0;
  std::vector<PairedFigure> figures;  // the first: inputs with a finding, or that the models differ on
};

// Shares have exact intervals, means bootstrapped ones. A direction is told where the whole interval is on one side of
// 0.
Comparison compare_inputs(const std::vector<ComparedInput>& inputs, bool of_runs, std::uint64_t rng_seed = 0);

struct CompareReport {
  Comparison comparison;
  bool of_runs = true;
  std::string before, after;                             // as given
  std::vector<std::string> models_before, models_after;  // original and compressed, as recorded
  std::vector<std::string> notes;                        // what else differs between the two
};

}  // namespace dflare
