// Which way answers rise and fall around an image, learnt from the answers a chain has seen.
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

// Of an array: its rows belong together as neighbours in time do, its columns are apart. A cell is one number.
SlopePrior array_prior(const Shape& shape);

// Spots of that reach, in at most 32 cells along either side; of an array, array_prior().
SlopePrior spots(const Shape& shape, int reach);

// A glyph or another drawing, not a photograph: most values are black or white.
bool is_drawing(InputView image);

// Bayesian regression. Around an anchor image, quantities that the models' answers give (the outputs) are taken for
// straight lines in the pixels; their slopes have a Gaussian prior, and every answer narrows them down. What is drawn
// is a slope that fits the answers so far, so that what is still unknown is tried at random (Thompson sampling). Cost
// of a draw: cells x answers. Plain loops in a fixed order: the same numbers wherever the build runs.
class SlopeModel {
 public:
  // Forgets all. `most`: answers it has room for.
  void begin(const Shape& shape, const SlopePrior& prior, std::size_t outputs, std::size_t most);
  // By how much each output is higher for the image than for the anchor, which stays the same from begin() on. The
  // anchor itself teaches nothing. Not when full().
  void add(InputView anchor, InputView image, std::span<const double> rises);
  [[nodiscard]] bool full() const { return size_ == most_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void forget_older_half();

  // Size of the output's likeliest slope, as the prior measures it (smooth slopes are the larger ones): outputs can be
  // compared by it.
  [[nodiscard]] double steepness(std::size_t output);
  // What steepness() is at most, in a fraction of its time.
  [[nodiscard]] double steepness_at_most(std::size_t output) const;
  // How large the answers say that slopes are, against the prior. Not when empty().
  [[nodiscard]] double spread(std::size_t output) const;
  // A slope of the output, one number a value of the image; `spread` of the prior for what the answers leave open.
  void draw(std::size_t output, double spread, Rng& rng, std::vector<float>& slope);

 private:
  void factor_in();
  void condition(double amplitude, Rng& rng);
  template <class F>
  void for_each_value_of_cells(F&& f) const;
  void blur(std::vector<float>& values);
  void blur_lines(std::vector<float>& values, bool across);
  void gather(InputView anchor, InputView image);
  void write_pixels(std::vector<float>& slope) const;
  [[nodiscard]] std::span<float> change(std::size_t i) { return {changes_.data() + i * cells_.size(), cells_.size()}; }
  double& factor(std::size_t i, std::size_t j) { return factors_[i * most_ + j]; }
  void solve_back(std::vector<double>& values);
  void solve_forward(std::vector<double>& values);
  void solve(std::size_t output);

  Shape shape_;
  Shape cells_;  // the image in cells
  SlopePrior prior_;
  std::size_t outputs_ = 0, size_ = 0, most_ = 0;
  std::vector<float> changes_;   // row i: the i-th image less the anchor, in cells, blurred
  std::vector<double> rises_;    // output by answer
  std::vector<double> noise_;    // variance of the i-th answer
  std::vector<double> factors_;  // Cholesky factor of the answers' covariance, lower, rows of most_
  std::vector<double> falls_;    // rises_, solved forward by the factor
  std::vector<double> weights_, doubts_;
  std::vector<float> gathered_, noise_field_, drawn_, line_;
};

}  // namespace dflare
