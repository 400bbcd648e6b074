// Exact neighbour search that seldom looks at a whole point.
//
// Sure answers put nearly all their weight on a few classes. For points of many values the candidate's few largest
// coordinates S are compared first. What the rest R adds to the squared distance lies between (|a_R| - |b_R|)^2 and
// (|a_R| + |b_R|)^2, and |b_R|^2 = |b|^2 - |b_S|^2 needs no look at R: the bounds decide most points from eight values.
// What they leave, and points of few values, are summed in single precision, blockwise, until surely far; sums too
// close to the radius are made again in double precision.
#include "dflare/observed_states.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

#include "core/target_clones.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 8 * kLanes;
constexpr std::size_t kManyValues = 128;  // from here on the bounds pay
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

// The order of the sum is fixed, so that both versions agree to the bit. It never falls as lanes grow.
[[gnu::always_inline]] inline float sum_of(const Lanes& v) {
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

// Squared distance of two rows of `stride` values; some number >= limit once it is sure to reach that.
DFLARE_TARGET_CLONES float squared_distance(const float* a, const float* b, std::size_t stride, float limit) {
  Lanes sum{};
  for (std::size_t begin = 0; begin < stride; begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, stride);
    for (std::size_t i = begin; i < end; i += kLanes) {
      Lanes x;
      Lanes y;
      std::memcpy(&x, a + i, sizeof x);
      std::memcpy(&y, b + i, sizeof y);
      const Lanes difference = x - y;
      sum += difference * difference;
    }
    if (sum_of(sum) >= limit) break;
  }
  return sum_of(sum);
}

double exact_squared_distance(const float* a, const float* b, std::size_t dimensions) {
  double sum = 0;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

// Not finite if a value is not: no square of a float overflows a double.
double squared_norm(std::span<const float> row) {
  std::array<double, kLanes> sums{};
  for (std::size_t begin = 0; begin < row.size(); begin += kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const double v = row[begin + i];
      sums[i] += v * v;
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

void ObservedStates::reset(std::size_t dimensions, float squared_radius) {
  dimensions_ = dimensions;
  stride_ = (dimensions + kLanes - 1) / kLanes * kLanes;
  count_ = 0;
  last_near_ = 0;
  squared_radius_ = squared_radius;
  candidate_.assign(stride_, 0.0F);
  // A rounding costs at most one part in 2^24 (taken twice), a square that underflows at most the smallest normal.
  const std::size_t additions = stride_ / kLanes;
  const double roundings = static_cast<double>(additions) + 8.0;
  const double relative = roundings * std::numeric_limits<float>::epsilon();
  const double absolute = static_cast<double>(stride_) * std::numeric_limits<float>::min();
  surely_near_ = static_cast<float>(squared_radius * (1.0 - relative) - absolute);
  surely_far_ = static_cast<float>(squared_radius * (1.0 + relative) + absolute);
}

bool ObservedStates::add_if_new(std::span<const float> first, std::span<const float> second) {
  if (first.size() + second.size() != dimensions_) {
    throw Error(ErrorCode::kBadArgument, "a state has " + std::to_string(first.size() + second.size()) +
                                             " values where " + std::to_string(dimensions_) + " were announced");
  }
  std::copy(first.begin(), first.end(), candidate_.begin());
  std::copy(second.begin(), second.end(), candidate_.begin() + static_cast<std::ptrdiff_t>(first.size()));
  candidate_squared_norm_ = squared_norm(candidate_);
  if (!std::isfinite(candidate_squared_norm_)) return false;
  if (dimensions_ >= kManyValues) find_peaks();
  if (near_any()) return false;
  points_.resize((count_ + 1) * stride_);  // keeps its memory from chain to chain
  std::copy(candidate_.begin(), candidate_.end(), points_.begin() + static_cast<std::ptrdiff_t>(count_ * stride_));
  squared_norms_.resize(count_ + 1);
  squared_norms_[count_] = candidate_squared_norm_;
  ++count_;
  return true;
}

// A chain that stands still meets the same state again: that one is asked first, then the others, latest first.
bool ObservedStates::near_any() {
  if (count_ > 0 && is_near(last_near_)) return true;
  for (std::size_t i = count_; i-- > 0;) {
    if (is_near(i)) {
      last_near_ = i;
      return true;
    }
  }
  return false;
}

bool ObservedStates::is_near(std::size_t index) const {
  if (dimensions_ >= kManyValues) {
    if (const Nearness nearness = by_peaks(index); nearness != Nearness::kUnclear) return nearness == Nearness::kNear;
  }
  const float* point = points_.data() + index * stride_;
  const float sum = squared_distance(candidate_.data(), point, stride_, surely_far_);
  if (sum < surely_near_) return true;
  if (sum >= surely_far_) return false;
  return exact_squared_distance(candidate_.data(), point, dimensions_) < squared_radius_;
}

ObservedStates::Nearness ObservedStates::by_peaks(std::size_t index) const {
  const float* point = points_.data() + index * stride_;
  double distance = 0;
  double candidate_rest = candidate_squared_norm_;
  double point_rest = squared_norms_[index];
  for (const std::size_t i : peaks_) {
    const double a = candidate_[i];
    const double b = point[i];
    distance += (a - b) * (a - b);
    candidate_rest -= a * a;
    point_rest -= b * b;
  }
  const double rests = std::max(candidate_rest, 0.0) + std::max(point_rest, 0.0);
  const double product = 2.0 * std::sqrt(std::max(candidate_rest, 0.0) * std::max(point_rest, 0.0));
  // Rounding of the rests, which are differences of sums: its square root is what the product may be off by.
  const double scale = candidate_squared_norm_ + squared_norms_[index] + squared_radius_;
  const double slack = 1e-5 * scale;
  if (distance + rests - product > squared_radius_ + slack) return Nearness::kFar;
  if (distance + rests + product < squared_radius_ - slack) return Nearness::kNear;
  return Nearness::kUnclear;
}

// The candidate's kPeaks largest magnitudes in one pass.
void ObservedStates::find_peaks() {
  std::array<float, kPeaks> largest;  // falling
  largest.fill(-1.0F);
  peaks_.fill(0);
  for (std::size_t i = 0; i < dimensions_; ++i) {
    const float magnitude = std::abs(candidate_[i]);
    if (magnitude <= largest.back()) continue;
    std::size_t at = kPeaks - 1;
    for (; at > 0 && largest[at - 1] < magnitude; --at) {
      largest[at] = largest[at - 1];
      peaks_[at] = peaks_[at - 1];
    }
    largest[at] = magnitude;
    peaks_[at] = i;
  }
}

}  // namespace dflare
