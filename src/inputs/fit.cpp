// Resizing, cropping, letterboxing and grey <-> RGB: done once, when an image of another size is loaded.
#include "inputs/fit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "dflare/error.h"
#include "dflare/seeds.h"

namespace dflare {
namespace {

constexpr double kMaxSide = 1U << 30U;

cv::Mat borrow(InputView image) {
  // OpenCV has no read-only view; nothing below writes to it.
  return {image.shape.height, image.shape.width, CV_8UC(image.shape.channels),
          const_cast<std::uint8_t*>(image.data)};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

// Sides that keep the proportions of `from` when the one named becomes `side`; fractions of a pixel are cut, as by
// torchvision and timm.
cv::Size with_width(cv::Size from, double side) {
  return cv::Size2d(std::min(side, kMaxSide), std::min(std::floor(side * from.height / from.width), kMaxSide));
}
cv::Size with_height(cv::Size from, double side) {
  const cv::Size turned = with_width({from.height, from.width}, side);
  return {turned.height, turned.width};
}

cv::Size covering(cv::Size from, cv::Size to, double crop_fraction) {
  const bool width_binds = static_cast<double>(to.width) * from.height >= static_cast<double>(to.height) * from.width;
  const cv::Size size = width_binds ? with_width(from, std::floor(to.width / crop_fraction))
                                    : with_height(from, std::floor(to.height / crop_fraction));
  return {std::max(size.width, to.width), std::max(size.height, to.height)};
}

// What an image becomes before the crop: as large as asked, and at least as large as the model's input.
cv::Size size_to_crop(cv::Size from, cv::Size to, const Preprocess& preprocess) {
  if (preprocess.resize == 0) return covering(from, to, preprocess.crop_fraction);
  const cv::Size asked =
      from.width <= from.height ? with_width(from, preprocess.resize) : with_height(from, preprocess.resize);
  return asked.width >= to.width && asked.height >= to.height ? asked : covering(from, to, 1);
}

// The largest size within `to` that keeps the proportions.
cv::Size size_within(cv::Size from, cv::Size to) {
  const double factor =
      std::min(static_cast<double>(to.width) / from.width, static_cast<double>(to.height) / from.height);
  const auto scaled = [factor](int side) { return std::max(1, static_cast<int>(std::nearbyint(side * factor))); };
  return {std::min(scaled(from.width), to.width), std::min(scaled(from.height), to.height)};
}

// Where a centred part begins; half a pixel goes to the even one, as in torchvision's CenterCrop.
int centred(int whole, int part) {
  const int both = whole - part;
  return both / 2 + (both % 2 != 0 && both / 2 % 2 != 0 ? 1 : 0);
}

int opencv_code(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kCvNearest:
      return cv::INTER_NEAREST;
    case ResizeFilter::kCvCubic:
      return cv::INTER_CUBIC;
    case ResizeFilter::kCvArea:
      return cv::INTER_AREA;
    default:
      return cv::INTER_LINEAR;
  }
}

bool is_pillows(ResizeFilter filter) { return filter <= ResizeFilter::kLanczos; }

cv::Mat resized_part(const cv::Mat& image, const ResizedPart& part, ResizeFilter filter) {
  if (part.full == image.size()) return image(part.window);
  if (is_pillows(filter)) return resample(image, part, filter);
  if (static_cast<double>(part.full.width) * part.full.height > kMaxResizedPixels) {
    throw_too_large(image.size(), part.full);
  }
  cv::Mat out;
  cv::resize(image, out, part.full, 0, 0, opencv_code(filter));
  return out(part.window);
}

cv::Mat crop(const cv::Mat& image, cv::Size to, const Preprocess& preprocess) {
  if (std::min(to.width, to.height) / preprocess.crop_fraction > kMaxResize) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("crop={} of an image makes {} x {} pixels, so that its sides are above {}",
                            preprocess.crop_fraction, to.width, to.height, kMaxResize),
                "use a larger crop= in the preprocessing");
  }
  const cv::Size full = size_to_crop(image.size(), to, preprocess);
  if (std::max(full.width, full.height) >= kMaxSide) throw_too_large(image.size(), full);
  const cv::Rect window(centred(full.width, to.width), centred(full.height, to.height), to.width, to.height);
  return resized_part(image, {full, window}, preprocess.filter);
}

cv::Mat letterbox(const cv::Mat& image, cv::Size to, const Preprocess& preprocess) {
  const cv::Size size = size_within(image.size(), to);
  const cv::Mat inner = resized_part(image, {size, {{0, 0}, size}}, preprocess.filter);
  cv::Mat out(to, image.type(), cv::Scalar::all(preprocess.pad));
  inner.copyTo(out(cv::Rect({(to.width - size.width) / 2, (to.height - size.height) / 2}, size)));
  return out;
}

cv::Mat to_size(const cv::Mat& image, cv::Size to, const Preprocess& preprocess) {
  if (image.size() == to) return image;
  switch (preprocess.fit) {
    case Fit::kSquash:
      return resized_part(image, {to, {{0, 0}, to}}, preprocess.filter);
    case Fit::kLetterbox:
      return letterbox(image, to, preprocess);
    case Fit::kEarlierCrop:
      return earlier_resize_and_crop(image, to, preprocess);
    case Fit::kCrop:
      break;
  }
  return crop(image, to, preprocess);
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

// Grey first, where it is wanted, as when a file is opened as grey: a third of the work.
cv::Mat fitted(const cv::Mat& image, const Shape& shape, const Preprocess& preprocess) {
  const bool grey_first = shape.channels == 1 && preprocess.fit != Fit::kEarlierCrop;
  const cv::Mat begun = grey_first ? with_channels(image, 1) : image;
  return with_channels(to_size(begun, {shape.width, shape.height}, preprocess), shape.channels);
}

}  // namespace

void throw_too_large(cv::Size from, cv::Size to) {
  throw Error(ErrorCode::kBadInput,
              fmt::format("resizing {} x {} to {} x {} pixels needs too much memory", from.width, from.height, to.width,
                          to.height),
              "shrink the image first");
}

Input fit_image(InputView image, const Shape& shape, const Preprocess& preprocess) {
  if (image.shape == shape) return Input(image);
  for (const Shape& s : {image.shape, shape}) {
    if (!is_image(s)) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{} x {} x {} is no grey or RGB image (height x width x 1 or 3)",
                                                       s.height, s.width, s.channels));
    }
  }
  Input out(shape);
  fitted(borrow(image), shape, preprocess)
      .copyTo(cv::Mat(shape.height, shape.width, CV_8UC(shape.channels), out.pixels.data()));
  return out;
}

}  // namespace dflare
