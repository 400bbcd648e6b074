// A sample under one score: what thresholds are chosen and measured by.
#pragma once

#include <cstdint>
#include <vector>

#include "dflare/guard.h"

namespace dflare {

// One image: its score (minus infinity where it has none), and what it counts for.
struct ScoredRow {
  double score = 0;
  double weight = 0;  // of all images 1; those as they are and the corrupted ones half each where there are both
  bool deviates = false;
  bool corrupted = false;
  std::int32_t input = 0;
};

// The rows whose mark is set (all: no marks), in order of their scores.
std::vector<ScoredRow> scored_rows(const Guard& guard, const GuardSample& sample,
                                   const std::vector<std::uint8_t>& marks = {});

// Scores of the deviations, rising.
std::vector<double> deviation_scores(const std::vector<ScoredRow>& rows);
// Weight of the rows whose score is at most this.
double weight_up_to(const std::vector<ScoredRow>& rows, double score);

// The share of the images to defer that catches `share` of the deviations at least; 1 without deviations.
double deferral_at(const std::vector<ScoredRow>& rows, double share);

// A gain in AUC of `better` over `base` (the same images in both, any order), and its standard error over inputs.
struct AucGain {
  double gain = 0;
  double error = 0;
};
AucGain auc_gain(const Guard& base, const Guard& better, const GuardSample& sample,
                 const std::vector<std::uint8_t>& marks);

}  // namespace dflare
