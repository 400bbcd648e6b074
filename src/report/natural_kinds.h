// Which kinds of natural changes findings owe to what.
#pragma once

#include <array>
#include <vector>

#include "dflare/finding.h"
#include "dflare/natural_change.h"
#include "dflare/run_summary.h"

namespace dflare {

// Takes findings one by one; those that were not climbed by natural changes teach nothing.
class NaturalKinds {
 public:
  // `severity`: by the run's goal.
  void add(const Finding& finding, double severity);
  // One a kind that takes part in any finding, by falling need.
  [[nodiscard]] std::vector<NaturalKindSummary> summaries() const;

 private:
  struct Seen {
    std::vector<double> owed;               // 0 where the kind takes no part
    std::vector<double> strength, amounts;  // where it is needed
  };
  std::array<Seen, kNaturalKinds> seen_;
};

}  // namespace dflare
