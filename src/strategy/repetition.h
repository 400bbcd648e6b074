// Whether a chain still asks anything new.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/image_key.h"
#include "dflare/input.h"

namespace dflare {

// Where the operators change nothing any more, or a budget leaves no image but the seed, a chain would spend its
// queries on images whose answers it knows. It remembers the last kRemembered images that were new to it, and is stuck
// after kMostRepeats in a row that were not.
class Repetition {
 public:
  static constexpr std::size_t kRemembered = 64;
  static constexpr int kMostRepeats = 200;

  // Forgets all but the seed, whose answers are known.
  void begin(InputView seed) {
    keys_.fill(ImageKey{});
    next_ = 0;
    see(seed);
    repeats_ = 0;
  }
  // An image as it was asked.
  void see(InputView image) {
    const ImageKey key = key_of(image);
    if (std::ranges::find(keys_, key) != keys_.end()) {
      ++repeats_;
      return;
    }
    repeats_ = 0;
    keys_[next_] = key;
    next_ = (next_ + 1) % kRemembered;
  }
  [[nodiscard]] bool stuck() const { return repeats_ >= kMostRepeats; }

 private:
  std::array<ImageKey, kRemembered> keys_{};
  std::size_t next_ = 0;
  int repeats_ = 0;
};

}  // namespace dflare
