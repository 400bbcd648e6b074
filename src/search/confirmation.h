// A finding counts only if the bytes that are stored, decoded afresh and asked alone, give the same two labels.
#pragma once

#include "dflare/finding.h"
#include "dflare/strategy.h"
#include "search/pair_instance.h"

namespace dflare {

class Confirmation {
 public:
  Confirmation(const RunContext& context, int times) : context_(context), times_(times) {}

  // An image and the labels that it was seen to get.
  struct Claimed {
    InputView image;
    int seed_label;
    int label_original;
    int label_compressed;
  };

  // Fills in everything that a finding tells of its image: PNG, labels, margins, severity, distance to the seed; flaky
  // is set if one of the single queries differs. What is told is what the model said when asked alone.
  void confirm(PairInstance& pair, const Claimed& claimed, Finding& finding);
  [[nodiscard]] int times() const { return times_; }

 private:
  void describe(const Verdict& alone, InputView image, Finding& finding) const;

  const RunContext& context_;
  int times_;
};

}  // namespace dflare
