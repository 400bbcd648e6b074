// A guard at work.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dflare/error.h"
#include "dflare/guard.h"
#include "dflare/repair_head.h"

namespace dflare {
namespace {

double pair_margin(const Guard& guard, const AnswerView& answer) {
  const std::size_t classes = answer.log_p.size();
  if (classes != guard.classes) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a guard of {} classes is asked about an answer of {}", guard.classes, classes));
  }
  const auto first = static_cast<std::size_t>(answer.label);
  const float* const shift = guard.shift.data() + first * classes;
  const float* const scale = guard.scale.data() + first * classes;
  float least = std::numeric_limits<float>::infinity();
  for (std::size_t c = 0; c < classes; ++c) {
    if (c != first) least = std::min(least, scale[c] * (answer.log_p[first] - answer.log_p[c] + shift[c]));
  }
  return static_cast<double>(least);
}

}  // namespace

double guard_score(const Guard& guard, const AnswerView& compressed) {
  if (!compressed.finite) return std::numeric_limits<double>::quiet_NaN();
  return guard.scale.empty() ? top_margin(compressed) : pair_margin(guard, compressed);
}

bool defers(const Guard& guard, const AnswerView& compressed) {
  return !(guard_score(guard, compressed) >= guard.threshold);
}

}  // namespace dflare
