// A guard: the deviation zone of a compressed model, told by its own output. Below a threshold of its score the answer
// should not be trusted: ask the original, a bigger model or a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/ids.h"
#include "dflare/statistics.h"

namespace dflare {

struct Guard {
  // "margin": log p of the first label less that of the second.
  // "pair-margin": the least over the other labels c of scale[a][c] * (log p_a - log p_c + shift[a][c]), with a the
  // first label: how far the two models drift apart differs from pair to pair of classes, and is learnt.
  std::string score = "margin";
  std::size_t classes = 0;
  std::vector<float> shift, scale;  // pair-margin: classes x classes, row a; empty for the margin
  double threshold = 0;             // natural log units; an answer whose score is below is deferred
};

// Natural log units, higher: more to be trusted. NaN for an answer that is not finite. Throws kBadArgument where the
// answer has other classes than a pair-margin was learnt for.
double guard_score(const Guard& guard, const AnswerView& compressed);
// Whether the answer should not be trusted: its score is below the threshold (strictly), or it is not finite.
bool defers(const Guard& guard, const AnswerView& compressed);

// What both models say of natural images, row i of each to one image. Both tell the same classes apart.
struct GuardSample {
  Answers original, compressed;
  std::vector<SeedIndex> input;         // that the image is made of
  std::vector<std::uint8_t> corrupted;  // 1: under a corruption; 0: as it is

  [[nodiscard]] std::size_t size() const { return input.size(); }
  // Whether the models' labels, by first index, differ; an answer that is not finite differs from every other.
  [[nodiscard]] bool deviates(std::size_t row) const {
    return original[row].label != compressed[row].label || compressed[row].label < 0;
  }
};

// What the threshold is to keep.
struct GuardGoal {
  double catch_share = 0.9;  // of natural deviations, in (0, 1]
  std::optional<double>
      defer;                   // of natural images instead, in (0, 1); inputs as they are and corrupted ones count half
  std::string score = "auto";  // or "margin", "pair-margin"
};

// Throws kBadArgument for a share out of range or a score that is not known.
void check_guard_goal(const GuardGoal& goal);

// Fewer deviations than this, findings and natural ones together, and there is nothing to learn from.
constexpr int kLeastDeviations = 10;
// From this many natural deviations on, they alone set the threshold; below, findings have a say.
constexpr int kEnoughNatural = 30;
// A pair-margin is learnt for so many classes at most: there are as many numbers as pairs.
constexpr std::size_t kMostPairClasses = 128;

struct GuardFit {
  Guard guard;
  std::int64_t images = 0, natural_deviations = 0, findings = 0;  // learnt from
  std::string threshold_from;   // "natural deviations", "findings", "natural deviations and findings", "deferral"
  double promised_catch = 0;    // the goal; for a goal of deferral, what was caught on the images learnt from
  double promised_defer = 0;    // the goal of deferral; else what was deferred of the images learnt from
  double pair_gain = 0;         // AUC of the pair-margin less that of the margin, on images it was not learnt from
  double pair_gain_sigmas = 0;  // the same in its standard errors; the pair-margin is chosen from 3 on
  double coarseness = 0;        // share of the images learnt from that have the very score at the threshold
};

// Learns score and threshold from natural images and from the answers to findings (deviations all; may be empty).
// The pair-margin is chosen where it is better beyond doubt: cross-fitted over inputs, its AUC by three standard errors
// (DeLong's, over inputs), its deferral at the goal no larger. A threshold for a goal of catches is the conformal
// quantile of the deviations' scores, corrected for how few inputs they come from, moved half-way to the next score
// that occurs. Throws kBadInput for fewer than kLeastDeviations, kBadArgument for what check_guard_goal refuses and for
// a pair-margin of more than kMostPairClasses.
GuardFit fit_guard(const GuardSample& natural, const Answers& findings_of_compressed, const GuardGoal& goal);

struct TradePoint {
  double threshold = 0;
  double deferred = 0;  // share of the images, as they are and corrupted ones counting half
  double caught = 0;    // share of the deviations
};

// A counted share of images. Images of one input are not independent: the interval is bootstrapped over inputs.
struct ImageShare : Share {
  Interval over_inputs;

  [[nodiscard]] Estimate estimate() const { return {value(), over_inputs, whole}; }
};

// How a guard does on images that it was not learnt from.
struct GuardFigures {
  std::int64_t images = 0, deviations = 0;
  std::int64_t deviations_clean = 0;  // among the inputs as they are
  double auc = 0.5;                   // of the score: a deviation has the lower one
  ImageShare caught;                  // of the deviations
  ImageShare deferred_clean, deferred_corrupted;
  double deferred = 0;                        // the two counting half; the one that there is
  ImageShare differ_clean, differ_corrupted;  // deviations among the images, unguarded
  ImageShare left_clean, left_corrupted;      // those of them that are not deferred
  double deferred_at_90 = 1;                  // the least share to defer that catches 90 % of these deviations
  std::vector<TradePoint> curve;  // rising; from the first deviation caught to all of them, 101 points at most
};

GuardFigures measure_guard(const Guard& guard, const GuardSample& held_out);

}  // namespace dflare
