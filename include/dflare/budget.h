// Limits on how far an input may lie from its seed.
#pragma once

#include <cstdint>
#include <span>

#include "dflare/input.h"

namespace dflare {

// How far an image lies from its seed.
struct Distance {
  double linf = 0;  // grey levels, 0..255
  double l2 = 0;    // on [0, 1] pixel values
  double ssim = 1;  // structural similarity, see ssim(); 1 for equal images
};
// Both images have one shape.
Distance distance(InputView a, InputView b);
// L2 alone, on [0, 1] pixel values.
double l2_distance(InputView a, InputView b);

// Mean structural similarity (Wang et al., IEEE TIP 2004) over sliding windows of 7 x 7 values (of the largest odd size
// that fits smaller images), sample covariance, data range 255, mean over channels: scikit-image's defaults. In [-1,
// 1].
double ssim(InputView a, InputView b);

// No finding exceeds it, measured on the stored bytes. 0: no limit.
struct PerturbationBudget {
  double linf = 0;      // grey levels, 0..255
  double l2 = 0;        // on [0, 1] pixel values
  double min_ssim = 0;  // in (0, 1]

  [[nodiscard]] bool unlimited() const { return linf <= 0 && l2 <= 0 && min_ssim <= 0; }
  [[nodiscard]] bool allows(const Distance& d) const {
    return (linf <= 0 || d.linf <= linf) && (l2 <= 0 || d.l2 <= l2) && (min_ssim <= 0 || d.ssim >= min_ssim);
  }
};

// Moves `image` towards the seed as little as brings it within the budget: values are clipped to the L-infinity ball,
// the rest is shrunk towards the seed. An image within the budget stays as it is; where no image is, it becomes the
// seed.
void project(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> image);

}  // namespace dflare
