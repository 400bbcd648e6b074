// Natural corruptions of an input with a continuous strength: what a camera, a scanner or a network does to images.
// The kinds and their severities follow ImageNet-C (Hendrycks and Dietterich, ICLR 2019), made continuous.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dflare/input.h"

namespace dflare {

// One kind of corruption. Strength t runs from 0 (the input itself) to 1 (about twice ImageNet-C's severity 5); all
// randomness is frozen by `key`, so that one key makes one path t -> image. Safe from several threads at once.
class Corruption {
 public:
  Corruption() = default;
  Corruption(const Corruption&) = delete;
  Corruption& operator=(const Corruption&) = delete;
  virtual ~Corruption() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  // Writes the corrupted input to `out`: in.shape.size() bytes that do not overlap it.
  virtual void apply(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) const = 0;
  // The strength in words and in units of its own, for an image of this shape: "Gaussian blur, sigma 1.3 pixels".
  [[nodiscard]] virtual std::string describe(double t, const Shape& shape) const = 0;
};

// All kinds, in a fixed order: gaussian-blur, defocus, motion-blur, gaussian-noise, brighten, darken, contrast, jpeg,
// rotate, translate, zoom-in, zoom-out, pixelate.
const std::vector<std::unique_ptr<const Corruption>>& corruptions();
// Position in corruptions(). Throws kBadArgument with the nearest known name.
std::size_t corruption_index(std::string_view name);

}  // namespace dflare
