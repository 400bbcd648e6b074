// Limits on how far an input may lie from its seed.
#pragma once

#include <cstdint>
#include <span>

#include "dflare/input.h"

namespace dflare {

// How far an input lies from its seed.
struct Distance {
  double linf = 0;  // grey levels, 0..255; of arrays 255ths of each number's range; of texts characters edited;
                    // of sounds units of a sample of 16 bits
  double l2 = 0;    // on [0, 1] pixel values; of arrays on numbers whose range is 1; of texts the share edited;
                    // of sounds the change's loudness as a share of the seed's: 10^(-SNR/20)
  double ssim = 1;  // structural similarity, see ssim(); 1 for equal images, and for all but images
};
// Both inputs have one shape, arrays one form. Of texts: the fewest characters put in, left out or replaced that make
// one of the other (Levenshtein), in `l2` as a share of the longer one's. Of sounds `a` is the
// signal, and silence goes on behind the end of the shorter one.
Distance distance(InputView a, InputView b);
// L2 alone.
double l2_distance(InputView a, InputView b);

// Mean structural similarity (Wang et al., IEEE TIP 2004) over sliding windows of 7 x 7 values (of the largest odd size
// that fits smaller images), sample covariance, data range 255, mean over channels: scikit-image's defaults. In [-1,
// 1].
double ssim(InputView a, InputView b);

// No finding exceeds it, measured on the stored bytes. 0: no limit.
struct PerturbationBudget {
  double linf = 0;      // as Distance::linf, 0..255; of texts any number of characters, of sounds units up to 65535
  double l2 = 0;        // as Distance::l2
  double min_ssim = 0;  // in (0, 1]; of images alone

  [[nodiscard]] bool unlimited() const { return linf <= 0 && l2 <= 0 && min_ssim <= 0; }
  [[nodiscard]] bool allows(const Distance& d) const {
    return (linf <= 0 || d.linf <= linf) && (l2 <= 0 || d.l2 <= l2) && (min_ssim <= 0 || d.ssim >= min_ssim);
  }
};

// Moves `image` (or array) towards the seed as little as brings it within the budget: values are clipped to the
// L-infinity ball, the rest is shrunk towards the seed; of a text some of its edits are taken back, a sound's change is
// made quieter. An image within the budget stays as it is; where no image is, it becomes the seed.
void project(const PerturbationBudget& budget, InputView seed, std::span<std::uint8_t> image);

}  // namespace dflare
