// A path of inputs from one input to another.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "core/text_edits.h"
#include "dflare/input.h"
#include "dflare/rng.h"

namespace dflare {

// x(t) = floor(x0 + t (x1 - x0) + u) with a dither u in [0, 1) that is fixed per value: monotone in t for every value,
// exact at both ends, and about as many distinct images as grey levels between them, where plain rounding has 255.
// t counts in steps of 2^-16. Integer arithmetic: the same bytes everywhere. Arrays are blended likewise, real numbers
// without a dither. Of the edits that make one text of the other, those are done by t whose place in a random order
// comes before it.
class BlendPath {
 public:
  static constexpr std::int32_t kEnd = 1 << 16;
  static std::int32_t step_at(double t) { return static_cast<std::int32_t>(std::lround(t * kEnd)); }
  static double t_at(std::int32_t step) { return static_cast<double>(step) / kEnd; }
  // Whether no image is left between two places that far apart.
  static bool is_narrow(double t) { return t * kEnd < 1.5; }

  // Borrows both images until the next start().
  void start(InputView from, InputView to, Rng& rng);
  // Writes x(step / 2^16); step in [0, kEnd].
  void at(std::int32_t step, std::span<std::uint8_t> out) const;

 private:
  void start_text(Rng& rng);
  void write_sound_at(std::int32_t step, std::span<std::uint8_t> out) const;
  void write_text(std::int32_t step, std::span<std::uint8_t> out) const;
  void write_array(std::int32_t step, std::span<std::uint8_t> out) const;

  InputView from_, to_;
  std::vector<std::uint16_t> dither_;
  TextEdits edits_;
  std::vector<std::uint32_t> turn_;  // of each edit, from 0
};

}  // namespace dflare
