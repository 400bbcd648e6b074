// Leaving the seed's label inside a perturbation budget.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dflare/strategy.h"
#include "strategy/squares.h"

namespace dflare {

// Random search on the sum of both margins. It stands at an image to which both models still give the label, tries
// changes as large as the budget allows, and keeps those that lower the sum, until the original gives up the label:
// then there is a bracket from where it stands to what it tried.
class Attack {
 public:
  // The context outlives the attack.
  void begin(const RunContext& context, SeedIndex seed);
  // The next image to ask.
  void write(std::span<std::uint8_t> image, Rng& rng);
  // What was answered. Returns whether the original has given up the label.
  bool learn(const Verdict& v);
  // Goes on from an image to which the original still gives the label.
  void stand_at(const Verdict& v);

  [[nodiscard]] InputView image() const { return image_.view(); }
  [[nodiscard]] std::span<const float> original() const { return original_; }      // its answers, log p
  [[nodiscard]] std::span<const float> compressed() const { return compressed_; }
  [[nodiscard]] int tried() const { return tried_; }

 private:
  void stand_at(InputView image, std::span<const float> original, std::span<const float> compressed);
  void write_stripes(std::span<std::uint8_t> image, Rng& rng) const;
  void write_lean(std::span<std::uint8_t> image, Rng& rng) const;
  void write_square(std::span<std::uint8_t> image, Rng& rng);
  [[nodiscard]] InputView seed_image() const { return context_->input(seed_); }

  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  int label_ = -1;
  int eps_ = 0;                              // grey levels
  Input image_;                              // where it stands
  std::vector<float> original_, compressed_;
  double sum_ = 0;                           // of both margins, there
  int tried_ = 0;
  bool leaning_ = false;   // towards other seeds pays here
  bool opposite_ = false;  // the next square is the last one with its signs turned
  Window window_;
  std::array<int, 3> sign_{};
};

}  // namespace dflare
