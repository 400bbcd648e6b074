// What fitting an image to a size is made of.
#pragma once

#include <opencv2/core.hpp>

#include "dflare/input.h"
#include "dflare/preprocess.h"

namespace dflare {

// A part of an image that is resized as a whole: `window` lies within 0 x 0 to `full`.
struct ResizedPart {
  cv::Size full;
  cv::Rect window;
};

// Pillow's resize, to the grey level: the weights of its filters in its fixed-point numbers, rows before columns, each
// rounded to 8 bits. `filter` is one of Pillow's; `image` 8 bits, 1 or 3 channels. What lies outside the window costs
// nothing. Throws kBadInput for sides so long that their weights alone would fill the memory.
cv::Mat resample(const cv::Mat& image, const ResizedPart& part, ResizeFilter filter);

// How runs of earlier versions resized and cropped (Fit::kEarlierCrop). Throws kBadInput when it needs too much memory.
cv::Mat earlier_resize_and_crop(const cv::Mat& image, cv::Size to, const Preprocess& preprocess);

// The most pixels that an image is enlarged to.
inline constexpr double kMaxResizedPixels = 256.0 * (1U << 20U);
[[noreturn]] void throw_too_large(cv::Size from, cv::Size to);

}  // namespace dflare
