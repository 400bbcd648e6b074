// What a repair learns from and is judged by, asked of a run's two models.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "cli/past_run.h"
#include "dflare/natural.h"
#include "dflare/repair.h"

namespace dflare::cli {

// Images of one kind that a repair is judged by, with what the models said of them. Row i belongs to images[i].
struct NaturalAnswers {
  std::vector<NaturalImage> images;
  std::vector<int> truth;  // as the outputs count; -1: not known
  Answers original, compressed;
};

enum class HeldOut {
  kUnasked,    // inputs of the run that it did not ask
  kGiven,      // --held-out
  kOutOfFold,  // too few of either: the run's own inputs, each by a head trained without it
};

struct RepairData {
  RepairRows rows;
  std::vector<NaturalImage> image_of_row;  // of natural rows
  std::vector<int> truth_of_row;           // of natural rows; -1: not known
  std::int64_t seeds = 0, findings = 0, natural = 0;
  std::vector<int> classes_never_seen;  // as the original's answer to any row
  HeldOut held_out = HeldOut::kOutOfFold;
  std::size_t held_out_inputs = 0;
  NaturalAnswers clean, corrupted;  // held out; empty for kOutOfFold
};
// Asks both models; `asked` grows by every answer. Throws kBadInput where there is too little to learn from.
RepairData gather(const PastRun& run, int folds, std::atomic<std::int64_t>& asked);

}  // namespace dflare::cli
