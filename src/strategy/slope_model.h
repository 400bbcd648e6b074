// Where the answers fall around a seed, learnt from the answers a chain has seen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dflare/input.h"
#include "dflare/rng.h"

namespace dflare {

// The texture of slopes that is expected before anything was asked: white noise blurred twice by a box of this reach to
// either side, in pixels.
struct Grain {
  int across = 0, down = 0;
};

// Bayesian regression. Around the seed the label's lead over every other class (mean of both models) is taken for a
// straight line in the pixels; its slope has a Gaussian prior of a given grain, and every answer narrows it down. What
// is drawn is one slope that fits the answers so far, so that what is still unknown is tried at random (Thompson
// sampling). Cost of a draw: pixels x answers. Plain loops in a fixed order: the same numbers wherever the build runs.
class SlopeModel {
 public:
  // Forgets all. `most`: answers it has room for. `reach`: L2 length of the changes that will be tried, on [0, 1] pixel
  // values. Answers to the seed are log p.
  void begin(InputView seed, Grain grain, int label, std::span<const float> original, std::span<const float> compressed,
             double reach, std::size_t most);
  // The answers to an image near the seed, which stays valid from begin() on. Not when full().
  void add(InputView seed, InputView image, std::span<const float> original, std::span<const float> compressed);
  [[nodiscard]] bool full() const { return size_ == most_; }
  // A slope of the label's lead over the rival that the model expects to win: where it is positive, a lower value
  // lowers the lead. One number a value of the image, in no particular unit.
  void draw(Rng& rng, std::vector<float>& slope);

 private:
  void blur(std::vector<float>& values);
  void blur_lines(std::vector<float>& values, bool across);
  [[nodiscard]] std::span<float> change(std::size_t i) { return {changes_.data() + i * shape_.size(), shape_.size()}; }
  double& factor(std::size_t i, std::size_t j) { return factors_[i * most_ + j]; }
  void solve_back(std::vector<double>& values);
  void solve_forward(std::vector<double>& values);
  std::size_t likeliest_rival(double& spread);

  Shape shape_;
  Grain grain_;
  std::size_t label_ = 0, classes_ = 0, size_ = 0, most_ = 0;
  double reach_ = 0;
  std::vector<double> base_;     // leads at the seed, by class
  std::vector<float> changes_;   // row i: the i-th image less the seed, blurred
  std::vector<double> noise_;    // variance of the i-th answer
  std::vector<double> factors_;  // Cholesky factor of the answers' covariance, lower, rows of most_
  std::vector<double> falls_;    // class by answer: change of the lead, solved forward by the factor
  std::vector<double> weights_, best_weights_, doubts_;
  std::vector<float> blurred_, noise_field_, line_;
};

}  // namespace dflare
