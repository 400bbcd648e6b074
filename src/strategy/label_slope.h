// Which way a seed's label is lost.
#pragma once

#include <span>
#include <vector>

#include "strategy/slope_model.h"

namespace dflare {

// A SlopeModel anchored at the seed, of the label's lead over every other class (mean of both models).
class LabelSlope {
 public:
  // Forgets all. `most`: answers it has room for. Answers to the seed are log p.
  void begin(InputView seed, const SlopePrior& prior, int label, std::span<const float> original,
             std::span<const float> compressed, std::size_t most);
  // The answers to an image near the seed, which stays valid from begin() on. Not when full().
  void add(InputView seed, InputView image, std::span<const float> original, std::span<const float> compressed);
  [[nodiscard]] bool full() const { return model_.full(); }
  void forget_older_half() { model_.forget_older_half(); }
  // A slope of the lead over the rival that is expected to win within changes of that L2 length, on [0, 1] pixel
  // values: where it is positive, a lower value lowers the lead. One number a value of the image.
  void draw(double reach, Rng& rng, std::vector<float>& slope);

 private:
  [[nodiscard]] double lead(std::size_t c, std::span<const float> original, std::span<const float> compressed) const {
    return (original[label_] - original[c] + compressed[label_] - compressed[c]) / 2.0;
  }
  [[nodiscard]] std::size_t likeliest_rival(double reach);
  [[nodiscard]] double spread() const;

  std::size_t label_ = 0;
  std::vector<double> base_;  // leads at the seed, by class
  std::vector<double> rises_;
  std::vector<double> least_leads_;  // by class: what a change can bring it to, at the most
  SlopeModel model_;
};

// Writes the seed moved against the slope, until the change is about that long in L2, on [0, 1] pixel values, or every
// value is at its end. No slope leaves the seed as it is.
void move_against(std::span<const float> slope, InputView seed, double l2, std::span<std::uint8_t> image);

}  // namespace dflare
