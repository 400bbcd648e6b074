// How images were resized before there was a choice of `fit`: kept so that runs of that time can be made again.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "inputs/fit.h"

namespace dflare {
namespace {

int filter_code(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kNearest:
      return cv::INTER_NEAREST;
    case ResizeFilter::kBicubic:
      return cv::INTER_CUBIC;
    case ResizeFilter::kCvArea:
      return cv::INTER_AREA;
    default:
      return cv::INTER_LINEAR;
  }
}

// The centre part of that size, rounded towards the top left.
cv::Mat centre(const cv::Mat& image, cv::Size size) {
  return image(cv::Rect((image.cols - size.width) / 2, (image.rows - size.height) / 2, size.width, size.height));
}

// How much larger the image becomes before the crop: its shorter side reaches `resize`, and it covers the model's size.
double enlargement(cv::Size from, cv::Size to, const Preprocess& preprocess) {
  const double cover =
      std::max(static_cast<double>(to.width) / from.width, static_cast<double>(to.height) / from.height);
  if (preprocess.resize == 0) return cover / preprocess.crop_fraction;
  return std::max(cover, static_cast<double>(preprocess.resize) / std::min(from.width, from.height));
}

// Leaves out what the crop would drop anyway of a very long image, which might not fit into memory when enlarged.
cv::Mat without_far_ends(const cv::Mat& image, cv::Size to, double factor) {
  const auto keep = [factor](int have, int wanted) {
    return static_cast<int>(std::min<double>(have, 4 * std::ceil(wanted / factor)));
  };
  return centre(image, {keep(image.cols, to.width), keep(image.rows, to.height)});
}

// An average over whole pixels first, against aliasing.
cv::Mat shrink_by_whole_pixels(const cv::Mat& image, double factor, ResizeFilter filter) {
  const int step = static_cast<int>(1 / factor);
  if (step < 2 || filter == ResizeFilter::kNearest || filter == ResizeFilter::kCvArea) return image;
  cv::Mat out;
  cv::resize(image, out, {std::max(1, image.cols / step), std::max(1, image.rows / step)}, 0, 0, cv::INTER_AREA);
  return out;
}

}  // namespace

cv::Mat earlier_resize_and_crop(const cv::Mat& whole, cv::Size to, const Preprocess& preprocess) {
  const double factor = enlargement(whole.size(), to, preprocess);
  const cv::Mat image = without_far_ends(whole, to, factor);
  const auto scaled = [factor](int have, int least) {
    return std::max(least, static_cast<int>(std::lround(std::min(have * factor, 1e9))));
  };
  const cv::Size size{scaled(image.cols, to.width), scaled(image.rows, to.height)};
  if (static_cast<double>(size.width) * size.height > kMaxResizedPixels) throw_too_large(whole.size(), size);
  cv::Mat resized;
  cv::resize(shrink_by_whole_pixels(image, factor, preprocess.filter), resized, size, 0, 0,
             filter_code(preprocess.filter));
  return centre(resized, to);
}

}  // namespace dflare
