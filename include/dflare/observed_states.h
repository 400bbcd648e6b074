// The output states that one chain has seen (paper, section 3.3: novelty).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dflare {

// A set of points, asked one thing: does any lie within squared L2 distance r2 of a new one? Exact. Built for tens of
// values (LeNet: 20) and thousands (ImageNet: 2000), and for chains of a few dozen to some thousands of states.
class ObservedStates {
 public:
  // Forgets all; keeps its memory. Points have `dimensions` values.
  void reset(std::size_t dimensions, float squared_radius);
  // True, and stored, iff no stored point is closer than the radius. The parts together make one point.
  bool add_if_new(std::span<const float> first, std::span<const float> second);
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  [[nodiscard]] bool near_any() const;

  std::size_t dimensions_ = 0;
  std::size_t count_ = 0;
  float squared_radius_ = 0;
  std::vector<float> points_;
  std::vector<float> candidate_;
};

}  // namespace dflare
