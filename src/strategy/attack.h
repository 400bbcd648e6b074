// Leaving the seed's label inside a perturbation budget.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dflare/strategy.h"
#include "strategy/label_slope.h"
#include "strategy/squares.h"

namespace dflare {

// It stands at the image that has lowered the sum of both margins most while the original still gives the label, and
// tries changes as large as the budget allows until the original gives it up: then there is a bracket from where it
// stands to what it tried. Changes follow a slope learnt on the way; when that model is full, random squares are laid
// over where it stands.
class Attack {
 public:
  // The context outlives the attack.
  void begin(const RunContext& context, SeedIndex seed);
  // The next image to ask.
  void write(std::span<std::uint8_t> image, Rng& rng);
  // What was answered. Returns whether the original has given up the label.
  bool learn(const Verdict& v);
  // Twice as large changes from now on, and a slope learnt anew: for searches without a budget. False where changes are
  // as large as they can be.
  bool widen();
  // Goes on from an image to which the original still gives the label.
  void stand_at(const Verdict& v);

  [[nodiscard]] InputView image() const { return image_.view(); }
  // Its answers, log p.
  [[nodiscard]] std::span<const float> original() const { return original_; }
  [[nodiscard]] std::span<const float> compressed() const { return compressed_; }
  [[nodiscard]] int tried() const { return tried_; }

 private:
  void stand_at(InputView image, std::span<const float> original, std::span<const float> compressed);
  void begin_model();
  void write_downhill(std::span<std::uint8_t> image) const;
  void write_square(std::span<std::uint8_t> image, Rng& rng);
  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }

  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  int label_ = -1;
  int eps_ = 0;       // grey levels
  double reach_ = 0;  // L2 length of the changes, on [0, 1] pixel values
  int tried_ = 0;

  Input image_;  // where it stands
  std::vector<float> original_, compressed_;
  double sum_ = 0;  // of both margins, there

  LabelSlope model_;
  std::vector<float> slope_;

  bool on_square_ = false;
  bool opposite_ = false;  // the next square is the last one with its signs turned
  int squares_ = 0;
  Window window_;
  std::array<int, 3> sign_{};
};

}  // namespace dflare
