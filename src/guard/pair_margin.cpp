// Learning how far two models drift apart, pair of classes by pair of classes.
#include "guard/pair_margin.h"

#include <algorithm>
#include <cmath>

namespace dflare {
namespace {

// Only near its boundary does it matter how a pair drifts; there 8-bit probabilities are not saturated either.
constexpr float kNear = 4;         // natural log units
constexpr double kShrinkage = 30;  // images that the common values weigh like
constexpr double kLeastDeviation = 1e-3;

struct Moments {
  double count = 0, sum = 0, squares = 0;

  void add(double d) {
    ++count;
    sum += d;
    squares += d * d;
  }
};

// Adds d of every near pair of the row.
void add_row(const AnswerView& original, const AnswerView& compressed, std::vector<Moments>& pairs) {
  if (!original.finite || !compressed.finite) return;
  const std::size_t classes = compressed.log_p.size();
  const auto a = static_cast<std::size_t>(compressed.label);
  for (std::size_t c = 0; c < classes; ++c) {
    const float margin = compressed.log_p[a] - compressed.log_p[c];
    if (c == a || margin >= kNear) continue;
    pairs[a * classes + c].add(static_cast<double>(original.log_p[a] - original.log_p[c] - margin));
  }
}

}  // namespace

Guard learn_pair_margin(const GuardSample& sample, const std::vector<std::uint8_t>& marks) {
  const std::size_t classes = sample.compressed.classes();
  std::vector<Moments> pairs(classes * classes);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (marks.empty() || marks[i] != 0) add_row(sample.original[i], sample.compressed[i], pairs);
  }
  Moments all;
  for (const Moments& pair : pairs) {
    all.count += pair.count;
    all.squares += pair.squares;
  }
  const double common = all.count > 0 ? std::max(all.squares / all.count, kLeastDeviation * kLeastDeviation) : 1;

  Guard guard{.score = "pair-margin", .classes = classes, .shift = {}, .scale = {}};
  for (const Moments& pair : pairs) {
    const double shift = pair.sum / (pair.count + kShrinkage);
    const double squares = (pair.squares + kShrinkage * common) / (pair.count + kShrinkage);
    const double deviation = std::sqrt(std::max(squares - shift * shift, kLeastDeviation * kLeastDeviation));
    guard.shift.push_back(static_cast<float>(shift));
    guard.scale.push_back(static_cast<float>(std::sqrt(common) / deviation));
  }
  return guard;
}

}  // namespace dflare
