// Natural corruptions of an input with a continuous strength: what a camera, a scanner or a network does to images, a
// sensor or a bad line to arrays, hurried hands to texts, rooms and telephones to sounds.
// The kinds of images are in the spirit of ImageNet-C (Hendrycks and Dietterich, ICLR 2019); strengths and severities
// are our own: docs/corruptions.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/input.h"

namespace dflare {

// One kind of corruption. Strength t runs from 0 (the input itself) to 1 (twice severity 5); all
// randomness is frozen by `key`, so that one key makes one path t -> image. Safe from several threads at once.
class Corruption {
 public:
  Corruption() = default;
  Corruption(const Corruption&) = delete;
  Corruption& operator=(const Corruption&) = delete;
  virtual ~Corruption() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  // Writes the corrupted input to `out`: in.shape.bytes() bytes that do not overlap it.
  virtual void apply(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) const = 0;
  // The strength in words and in units of its own, for an image of this shape: "Gaussian blur, sigma 1.3 pixels".
  [[nodiscard]] virtual std::string describe(double t, const Shape& shape) const = 0;
};

// All kinds for inputs of that form, in a fixed order. Of images (null): gaussian-blur, defocus, motion-blur,
// gaussian-noise, brighten, darken, contrast, jpeg, rotate, translate, zoom-in, zoom-out, pixelate. Of arrays: noise,
// amplify, fade, offset, clip, coarse, missing; of series besides: smooth, shift, faster, slower, gap. Of texts: typos,
// swaps, drops, doubles, lower-case, upper-case, no-punctuation, joined-words, split-words, repeated-marks,
// look-alikes. Of sounds: noise, hum, echo, telephone, clipping, codec, mu-law, dropouts, quieter, faster, slower.
const std::vector<std::unique_ptr<const Corruption>>& corruptions(const ArrayForm* form = nullptr);
// Position among those of images. Throws kBadArgument with the nearest known name.
std::size_t corruption_index(std::string_view name);

}  // namespace dflare
