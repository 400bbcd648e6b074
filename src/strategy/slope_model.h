// Where the answers fall around a seed, learnt from the answers a chain has seen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dflare/input.h"
#include "dflare/rng.h"

namespace dflare {

// What slopes are expected to be before anything was asked.
struct SlopePrior {
  // Their texture: white noise blurred twice by a box of this reach to either side, in cells.
  int across = 0, down = 0;
  // Side of a cell in pixels, within which the slope is one: of a large image that saves memory and time.
  int cell = 1;
};

// Bayesian regression. Around the seed the label's lead over every other class (mean of both models) is taken for a
// straight line in the pixels; its slope has a Gaussian prior, and every answer narrows it down. What is drawn is one
// slope that fits the answers so far, so that what is still unknown is tried at random (Thompson sampling). Cost of a
// draw: cells x answers. Plain loops in a fixed order: the same numbers wherever the build runs.
class SlopeModel {
 public:
  // Forgets all. `most`: answers it has room for. Answers to the seed are log p.
  void begin(InputView seed, const SlopePrior& prior, int label, std::span<const float> original,
             std::span<const float> compressed, std::size_t most);
  // The answers to an image near the seed, which stays valid from begin() on. Not when full().
  void add(InputView seed, InputView image, std::span<const float> original, std::span<const float> compressed);
  [[nodiscard]] bool full() const { return size_ == most_; }
  void forget_older_half();
  // A slope of the label's lead over the rival that the model expects to win within changes of that L2 length, on [0,
  // 1] pixel values: where it is positive, a lower value lowers the lead. One number a value of the image, in no
  // particular unit.
  void draw(double reach, Rng& rng, std::vector<float>& slope);

 private:
  void factor_in();
  void condition(double amplitude, Rng& rng);
  template <class F>
  void for_each_value_of_cells(F&& f) const;
  void blur(std::vector<float>& values);
  void blur_lines(std::vector<float>& values, bool across);
  void gather(InputView seed, InputView image);
  void write_pixels(std::vector<float>& slope) const;
  [[nodiscard]] std::span<float> change(std::size_t i) { return {changes_.data() + i * cells_.size(), cells_.size()}; }
  double& factor(std::size_t i, std::size_t j) { return factors_[i * most_ + j]; }
  void solve_back(std::vector<double>& values);
  void solve_forward(std::vector<double>& values);
  std::size_t likeliest_rival(double reach, double& spread);

  Shape shape_;
  Shape cells_;  // the image in cells
  SlopePrior prior_;
  std::size_t label_ = 0, classes_ = 0, size_ = 0, most_ = 0;
  std::vector<double> base_;     // leads at the seed, by class
  std::vector<float> changes_;   // row i: the i-th image less the seed, in cells, blurred
  std::vector<double> answers_;  // class by answer: change of the lead
  std::vector<double> noise_;    // variance of the i-th answer
  std::vector<double> factors_;  // Cholesky factor of the answers' covariance, lower, rows of most_
  std::vector<double> falls_;    // answers_, solved forward by the factor
  std::vector<double> weights_, best_weights_, doubts_;
  std::vector<float> gathered_, noise_field_, drawn_, line_;
};

// Writes the seed moved against the slope, until the change is about that long in L2, on [0, 1] pixel values, or every
// value is at its end. No slope leaves the seed as it is.
void move_against(std::span<const float> slope, InputView seed, double l2, std::span<std::uint8_t> image);

}  // namespace dflare
