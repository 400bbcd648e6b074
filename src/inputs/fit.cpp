// Resizing, cropping and grey <-> RGB: done once, when an image of another size is loaded.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "dflare/error.h"
#include "dflare/seeds.h"

namespace dflare {
namespace {

constexpr double kMaxResizedPixels = 256.0 * (1U << 20U);

int filter_code(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kNearest:
      return cv::INTER_NEAREST;
    case ResizeFilter::kBilinear:
      return cv::INTER_LINEAR;
    case ResizeFilter::kBicubic:
      return cv::INTER_CUBIC;
    case ResizeFilter::kArea:
      return cv::INTER_AREA;
  }
  return cv::INTER_LINEAR;
}

cv::Mat borrow(InputView image) {
  // OpenCV has no read-only view; nothing below writes to it.
  return {image.shape.height, image.shape.width, CV_8UC(image.shape.channels),
          const_cast<std::uint8_t*>(image.data)};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
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

// Bilinear and bicubic filters look at two or four pixels, however much the image shrinks; the average over whole
// pixels first keeps fine patterns from aliasing.
cv::Mat shrink_by_whole_pixels(const cv::Mat& image, double factor, ResizeFilter filter) {
  const int step = static_cast<int>(1 / factor);
  if (step < 2 || filter == ResizeFilter::kNearest || filter == ResizeFilter::kArea) return image;
  cv::Mat out;
  cv::resize(image, out, {std::max(1, image.cols / step), std::max(1, image.rows / step)}, 0, 0, cv::INTER_AREA);
  return out;
}

cv::Mat resize_and_crop(const cv::Mat& whole, cv::Size to, const Preprocess& preprocess) {
  const double factor = enlargement(whole.size(), to, preprocess);
  const cv::Mat image = without_far_ends(whole, to, factor);
  const auto scaled = [factor](int have, int least) {
    return std::max(least, static_cast<int>(std::lround(std::min(have * factor, 1e9))));
  };
  const cv::Size size{scaled(image.cols, to.width), scaled(image.rows, to.height)};
  if (static_cast<double>(size.width) * size.height > kMaxResizedPixels) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("resizing {} x {} to {} x {} pixels needs too much memory", whole.cols, whole.rows,
                            size.width, size.height),
                "use a smaller resize= or a larger crop= in the preprocessing");
  }
  cv::Mat resized;
  cv::resize(shrink_by_whole_pixels(image, factor, preprocess.filter), resized, size, 0, 0,
             filter_code(preprocess.filter));
  return centre(resized, to);
}

cv::Mat with_channels(const cv::Mat& image, int channels) {
  if (image.channels() == channels) return image;
  cv::Mat out;
  cv::cvtColor(image, out, channels == 1 ? cv::COLOR_RGB2GRAY : cv::COLOR_GRAY2RGB);
  return out;
}

bool is_image(const Shape& shape) {
  return shape.height > 0 && shape.width > 0 && (shape.channels == 1 || shape.channels == 3);
}

}  // namespace

Input fit_image(InputView image, const Shape& shape, const Preprocess& preprocess) {
  if (image.shape == shape) return Input(image);
  for (const Shape& s : {image.shape, shape}) {
    if (!is_image(s)) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{} x {} x {} is no grey or RGB image (height x width x 1 or 3)",
                                                       s.height, s.width, s.channels));
    }
  }
  const cv::Mat whole = borrow(image);
  const cv::Size to{shape.width, shape.height};
  const cv::Mat fitted =
      with_channels(whole.size() == to ? whole : resize_and_crop(whole, to, preprocess), shape.channels);
  Input out(shape);
  fitted.copyTo(cv::Mat(shape.height, shape.width, CV_8UC(shape.channels), out.pixels.data()));
  return out;
}

}  // namespace dflare
