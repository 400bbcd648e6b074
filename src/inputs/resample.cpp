// Pillow's resize, to the grey level.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "inputs/fit.h"

namespace dflare {
namespace {

// Weights are whole numbers of 2^-22: what 8 bits of pixel and 2 bits of overshoot leave of 32.
constexpr int kPrecision = 32 - 8 - 2;
constexpr std::size_t kMaxWeights = 64U << 20U;

// A filter's weight at a distance in output pixels (input pixels where the image grows), and where it ends.
struct Kernel {
  double (*weight)(double);
  double support;
};

double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }
double bilinear(double x) { return std::max(0.0, 1 - std::abs(x)); }
double bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
}
double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}
double lanczos(double x) { return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

Kernel kernel_of(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kBox:
      return {box, 0.5};
    case ResizeFilter::kBicubic:
      return {bicubic, 2};
    case ResizeFilter::kLanczos:
      return {lanczos, 3};
    default:
      return {bilinear, 1};
  }
}

// One side of the resizing: `from` pixels become `full`, of which `count` from `first` on are wanted.
struct Side {
  int from, full, first, count;
};

// The input pixels that make one output pixel.
struct Taps {
  int first, count;
  std::size_t weights;  // where they start
};

struct Weights {
  std::vector<Taps> taps;
  std::vector<std::int32_t> weights;
};

std::int32_t fixed_point(double weight) {
  constexpr double kOne = 1U << static_cast<unsigned>(kPrecision);
  return static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * kOne : 0.5 + weight * kOne);
}

Weights weigh(const Side& side, const Kernel& kernel) {
  const double scale = static_cast<double>(side.from) / side.full;
  const double stretch = std::max(1.0, scale);  // a shrinking filter covers as many more pixels
  const double support = kernel.support * stretch;
  if ((2 * support + 1) * side.count > static_cast<double>(kMaxWeights))
    throw_too_large({side.from, 1}, {side.full, 1});
  Weights out;
  std::vector<double> real;
  for (int i = side.first; i < side.first + side.count; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(std::floor(centre - support + 0.5)));
    const int count = std::min(side.from, static_cast<int>(std::floor(centre + support + 0.5))) - first;
    real.clear();
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      real.push_back(kernel.weight((k + first - centre + 0.5) * (1 / stretch)));
      sum += real.back();
    }
    out.taps.push_back({first, count, out.weights.size()});
    for (const double weight : real) out.weights.push_back(fixed_point(sum != 0 ? weight / sum : weight));
  }
  return out;
}

std::uint8_t to_grey(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255)); }

constexpr std::int32_t kHalf = 1 << (kPrecision - 1);

template <int channels>
void resample_row(const std::uint8_t* from, const Weights& weights, std::uint8_t* to) {
  for (const Taps& taps : weights.taps) {
    std::array<std::int32_t, channels> sums;
    sums.fill(kHalf);
    const std::uint8_t* pixel = from + std::ptrdiff_t{taps.first} * channels;
    const std::int32_t* weight = weights.weights.data() + taps.weights;
    for (int k = 0; k < taps.count; ++k, pixel += channels) {
      for (std::size_t c = 0; c < channels; ++c) sums[c] += weight[k] * pixel[c];
    }
    for (const std::int32_t sum : sums) *to++ = to_grey(sum);
  }
}

// Rows `first` to `first + count` of the image, each `width` pixels wide.
cv::Mat resample_rows(const cv::Mat& image, int first, int count, const Side& width, const Kernel& kernel) {
  const cv::Mat rows = image.rowRange(first, first + count);
  if (width.from == width.full) return rows.colRange(width.first, width.first + width.count);
  const Weights weights = weigh(width, kernel);
  cv::Mat out(count, width.count, image.type());
  for (int y = 0; y < count; ++y) {
    if (image.channels() == 1) {
      resample_row<1>(rows.ptr(y), weights, out.ptr(y));
    } else {
      resample_row<3>(rows.ptr(y), weights, out.ptr(y));
    }
  }
  return out;
}

// `image` begins at row `offset` of the rows that the taps count.
cv::Mat resample_columns(const cv::Mat& image, int offset, const Weights& weights) {
  cv::Mat out(static_cast<int>(weights.taps.size()), image.cols, image.type());
  const auto size = static_cast<std::size_t>(image.cols) * static_cast<std::size_t>(image.channels());
  std::vector<std::int32_t> sums(size);
  for (int y = 0; y < out.rows; ++y) {
    const Taps& taps = weights.taps[static_cast<std::size_t>(y)];
    std::ranges::fill(sums, kHalf);
    for (int k = 0; k < taps.count; ++k) {
      const std::uint8_t* row = image.ptr(taps.first - offset + k);
      const std::int32_t weight = weights.weights[taps.weights + static_cast<std::size_t>(k)];
      for (std::size_t x = 0; x < size; ++x) sums[x] += weight * row[x];
    }
    std::ranges::transform(sums, out.ptr(y), to_grey);
  }
  return out;
}

// Pillow adds the step up, and so do its rounding errors: a product would take another pixel now and then.
std::vector<int> nearest_pixels(const Side& side) {
  const double step = static_cast<double>(side.from) / side.full;
  std::vector<int> pixels;
  double at = step * 0.5;
  for (int i = 0; i < side.first + side.count; ++i, at += step) {
    if (i >= side.first) pixels.push_back(std::min(static_cast<int>(at), side.from - 1));
  }
  return pixels;
}

cv::Mat nearest(const cv::Mat& image, const Side& width, const Side& height) {
  const std::vector<int> columns = nearest_pixels(width), rows = nearest_pixels(height);
  cv::Mat out(height.count, width.count, image.type());
  const std::size_t size = image.elemSize();
  for (int y = 0; y < height.count; ++y) {
    const std::uint8_t* from = image.ptr(rows[static_cast<std::size_t>(y)]);
    std::uint8_t* to = out.ptr(y);
    for (const int x : columns) to = std::copy_n(from + static_cast<std::size_t>(x) * size, size, to);
  }
  return out;
}

}  // namespace

cv::Mat resample(const cv::Mat& image, const ResizedPart& part, ResizeFilter filter) {
  const Side width{image.cols, part.full.width, part.window.x, part.window.width};
  const Side height{image.rows, part.full.height, part.window.y, part.window.height};
  if (filter == ResizeFilter::kNearest) return nearest(image, width, height);
  const Kernel kernel = kernel_of(filter);
  if (height.from == height.full) return resample_rows(image, height.first, height.count, width, kernel);
  const Weights weights = weigh(height, kernel);
  const int first = weights.taps.front().first;
  const int end = weights.taps.back().first + weights.taps.back().count;
  return resample_columns(resample_rows(image, first, end - first, width, kernel), first, weights);
}

}  // namespace dflare
