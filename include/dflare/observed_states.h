// The output states that one chain has seen (paper, section 3.3: novelty).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace dflare {

// A set of points, asked one thing: does any lie within squared L2 distance r2 of a new one? Exact: the answer is that
// of distances summed in double precision. Built for tens of values (LeNet: 20) and thousands (ImageNet: 2000), and for
// chains of a few dozen to some thousands of states.
class ObservedStates {
 public:
  // Forgets all; keeps its memory. Points have `dimensions` values.
  void reset(std::size_t dimensions, float squared_radius);
  // True, and stored, iff no stored point is closer than the radius (one exactly at the radius is not closer). The
  // parts together make one point. A point with a NaN or an infinity is never new and never stored.
  bool add_if_new(std::span<const float> first, std::span<const float> second);
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  enum class Nearness { kNear, kFar, kUnclear };
  static constexpr std::size_t kPeaks = 8;

  [[nodiscard]] bool near_any();
  [[nodiscard]] bool is_near(std::size_t index) const;
  [[nodiscard]] Nearness by_peaks(std::size_t index) const;
  void find_peaks();

  std::size_t dimensions_ = 0;
  std::size_t stride_ = 0;  // dimensions_, rounded up to whole vectors; the rest of a row is zero
  std::size_t count_ = 0;
  float squared_radius_ = 0;
  float surely_near_ = 0;  // single-precision sums below this, and from the next on, need no second look
  float surely_far_ = 0;
  std::vector<float> points_;     // rows of stride_
  std::vector<float> candidate_;  // one row
  std::vector<double> squared_norms_;
  double candidate_squared_norm_ = 0;
  std::array<std::size_t, kPeaks> peaks_{};  // where the candidate is largest
  std::size_t last_near_ = 0;                // the stored point that the last rejected candidate was near
};

}  // namespace dflare
