// Median filter by bisection: the median is the largest m that at least half of the window reaches, found bit by bit,
// thirty-two windows at a time. OpenCV's takes 33 us for 5 x 5 on 28 x 28, and 4 ms for 7 x 7 on 224 x 224 x 3.
#include "mutate/median.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/target_clones.h"

namespace dflare {
namespace {

constexpr std::size_t kLanes = 32;
using Lanes = std::uint8_t __attribute__((vector_size(kLanes)));

// A copy of the image with its border repeated `radius` pixels outwards, and kLanes bytes more to read past the end.
// Returns the bytes of a row.
std::size_t pad(InputView in, int radius, std::vector<std::uint8_t>& padded) {
  const int height = in.shape.height, width = in.shape.width, channels = in.shape.channels;
  const auto c = static_cast<std::size_t>(channels);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * c;
  const std::size_t stride = row_bytes + 2 * static_cast<std::size_t>(radius) * c;
  padded.resize(stride * static_cast<std::size_t>(height + 2 * radius) + kLanes);
  std::uint8_t* to = padded.data();
  for (int y = -radius; y < height + radius; ++y) {
    const std::uint8_t* row = in.data + static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * row_bytes;
    for (int i = 0; i < radius; ++i) to = std::copy_n(row, c, to);
    to = std::copy_n(row, row_bytes, to);
    for (int i = 0; i < radius; ++i) to = std::copy_n(row + row_bytes - c, c, to);
  }
  return stride;
}

// Medians of kLanes windows. window[i] is the i-th neighbour of the first; `at` is added to each.
[[gnu::always_inline]] inline void medians(const std::uint8_t* at, const std::ptrdiff_t* window, int count,
                                           std::uint8_t* out) {
  const auto half = static_cast<std::uint8_t>(count / 2);
  Lanes median{};
  for (std::uint8_t bit = 0x80; bit != 0; bit = static_cast<std::uint8_t>(bit >> 1)) {
    const Lanes trial = median | bit;
    Lanes reaching{};
    for (int i = 0; i < count; ++i) {
      Lanes value;
      std::memcpy(&value, at + window[i], kLanes);
      reaching -= reinterpret_cast<Lanes>(value >= trial);
    }
    median = reaching > half ? trial : median;
  }
  std::memcpy(out, &median, kLanes);
}

DFLARE_TARGET_CLONES void median_row(const std::uint8_t* top_left, const std::ptrdiff_t* window, int count,
                                     std::uint8_t* out, std::size_t bytes) {
  std::array<std::uint8_t, kLanes> tail;
  std::size_t x = 0;
  for (; x + kLanes <= bytes; x += kLanes) medians(top_left + x, window, count, out + x);
  if (x == bytes) return;
  medians(top_left + x, window, count, tail.data());
  std::copy_n(tail.data(), bytes - x, out + x);
}

}  // namespace

void median_filter(InputView in, int size, std::span<std::uint8_t> out) {
  thread_local std::vector<std::uint8_t> padded;
  const std::size_t stride = pad(in, size / 2, padded);
  std::array<std::ptrdiff_t, 15 * 15> window{};
  for (int i = 0; i < size * size; ++i) {
    window[static_cast<std::size_t>(i)] =
        (i / size) * static_cast<std::ptrdiff_t>(stride) + (i % size) * in.shape.channels;
  }
  const std::size_t row_bytes = static_cast<std::size_t>(in.shape.width * in.shape.channels);
  for (std::size_t y = 0; y < static_cast<std::size_t>(in.shape.height); ++y) {
    median_row(padded.data() + y * stride, window.data(), size * size, out.data() + y * row_bytes, row_bytes);
  }
}

}  // namespace dflare
