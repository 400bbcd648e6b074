// Queries that do not come back: noticed, and brought home to one input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "dflare/search.h"

namespace dflare {

// Notices a query that has been under way for too long. Only time in which this process ran counts: after SIGSTOP or
// Ctrl-Z the time between two looks counts as one usual pause.
class HangDetector {
 public:
  // To be asked about every `pause_seconds`.
  HangDetector(const LiveProgress& live, double limit_seconds, double pause_seconds);

  // The slot of a query that has been under way for longer than the limit. `now`: steady-clock nanoseconds, rising.
  [[nodiscard]] std::optional<int> look(std::int64_t now);

 private:
  struct Seen {
    std::int64_t started = 0;
    double seconds = 0;  // for which it has been seen under way
  };

  const LiveProgress& live_;
  double limit_, longest_step_;
  std::int64_t last_ = 0;
  std::map<int, Seen> seen_;  // by slot
};

// Asks the inputs of a query that hangs again, one by one, by a further instance of its model in a thread that is left
// behind: which of them is not answered within `patience_seconds`? Nothing where all are, or the query has ended. The
// query outlives that thread: the program is to end.
std::optional<std::size_t> find_hung_input(const QueryUnderWay& query, const std::vector<Input>& inputs,
                                           double patience_seconds);

}  // namespace dflare
