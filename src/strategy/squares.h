// Random square windows of an image.
#pragma once

#include <algorithm>
#include <cmath>

#include "dflare/input.h"
#include "dflare/rng.h"

namespace dflare {

struct Window {
  int top = 0, left = 0, height = 0, width = 0;
};

// A square of that side (at least 1, clipped to the image) at a uniform place.
inline Window random_square(const Shape& shape, double side, Rng& rng) {
  const int wanted = std::max(1, static_cast<int>(std::lround(side)));
  Window w{.height = std::min(wanted, shape.height), .width = std::min(wanted, shape.width)};
  w.top = rng.between(0, shape.height - w.height);
  w.left = rng.between(0, shape.width - w.width);
  return w;
}

// Calls f(index of the value, channel) for every value within the window.
template <class F>
void for_each_value(const Shape& shape, const Window& w, F&& f) {
  for (int y = w.top; y < w.top + w.height; ++y) {
    std::size_t i =
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) + static_cast<std::size_t>(w.left)) *
        static_cast<std::size_t>(shape.channels);
    for (int x = 0; x < w.width; ++x) {
      for (int c = 0; c < shape.channels; ++c) f(i++, c);
    }
  }
}

}  // namespace dflare
