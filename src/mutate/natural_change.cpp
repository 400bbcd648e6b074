// Natural changes, on OpenCV's filters.
#include "dflare/natural_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "dflare/error.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr double kLeastBlur = 0.05;  // sigma in pixels below which nothing is to be seen

constexpr std::array<NaturalLimit, 9> kLimits{{{"rotate", &NaturalBox::rotate, 0, 180},
                                               {"shift", &NaturalBox::shift, 0, 1},
                                               {"zoom", &NaturalBox::zoom, 1, 10},
                                               {"contrast", &NaturalBox::contrast, 1, 10},
                                               {"light", &NaturalBox::light, 0, 255},
                                               {"blur", &NaturalBox::blur, 0, 1},
                                               {"blur-pixels", &NaturalBox::blur_pixels, 0, 100},
                                               {"noise", &NaturalBox::noise, 0, 255},
                                               {"together", &NaturalBox::together, 0, 10}}};

// What a phone's user would not notice; about severity 3 in any one kind and less together; what still can
// be told what it is.
constexpr NaturalBox kMild{
    .rotate = 7, .shift = 0.04, .zoom = 1.07, .contrast = 1.2, .light = 20, .blur = 0.01, .noise = 6, .together = 1.5};
constexpr NaturalBox kDefault{
    .rotate = 20, .shift = 0.1, .zoom = 1.2, .contrast = 1.6, .light = 50, .blur = 0.025, .noise = 18, .together = 1.5};
constexpr NaturalBox kHarsh{
    .rotate = 30, .shift = 0.15, .zoom = 1.3, .contrast = 2, .light = 80, .blur = 0.04, .noise = 30, .together = 0};

cv::Mat header(const Shape& shape, std::vector<float>& values) {
  return {shape.height, shape.width, CV_32FC(shape.channels), values.data()};
}

double blur_limit(const NaturalBox& box, const Shape& shape) {
  return std::max(box.blur * std::min(shape.height, shape.width), box.blur_pixels);
}

// The limits that leave a kind out.
bool left_out(const NaturalBox& box, NaturalKind kind) {
  switch (kind) {
    case NaturalKind::kRotate:
      return box.rotate <= 0;
    case NaturalKind::kShiftX:
    case NaturalKind::kShiftY:
      return box.shift <= 0;
    case NaturalKind::kZoom:
      return box.zoom <= 1;
    case NaturalKind::kContrast:
      return box.contrast <= 1;
    case NaturalKind::kLight:
      return box.light <= 0;
    case NaturalKind::kBlur:
      return box.blur <= 0 && box.blur_pixels <= 0;
    case NaturalKind::kNoise:
      return box.noise <= 0;
  }
  return true;
}

std::string amount_in_words(NaturalKind kind, double amount) {
  const double size = std::abs(amount);
  switch (kind) {
    case NaturalKind::kRotate:
      return size < 0.05 ? "" : fmt::format("turned {:.1f} degrees to the {}", size, amount > 0 ? "left" : "right");
    case NaturalKind::kShiftX:
      return size < 0.05 ? "" : fmt::format("shifted {:.1f} pixels to the {}", size, amount > 0 ? "right" : "left");
    case NaturalKind::kShiftY:
      return size < 0.05 ? "" : fmt::format("shifted {:.1f} pixels {}", size, amount > 0 ? "down" : "up");
    case NaturalKind::kZoom:
      if (std::abs(amount - 1) < 0.005) return "";
      return amount > 1 ? fmt::format("enlarged {:.2f} times", amount)
                        : fmt::format("reduced to {:.0f} % of its size", 100 * amount);
    case NaturalKind::kContrast:
      if (std::abs(amount - 1) < 0.005) return "";
      return fmt::format("contrast {} to {:.0f} %", amount > 1 ? "raised" : "lowered", 100 * amount);
    case NaturalKind::kLight:
      return size < 0.5 ? "" : fmt::format("{:.0f} grey levels {}", size, amount > 0 ? "brighter" : "darker");
    case NaturalKind::kBlur:
      return size <= kLeastBlur ? "" : fmt::format("blurred by {:.2f} pixels", size);
    case NaturalKind::kNoise:
      return size < 0.05 ? "" : fmt::format("noise of {:.1f} grey levels", size);
  }
  return "";
}

}  // namespace

std::span<const NaturalLimit> natural_limits() { return kLimits; }

const std::vector<std::string>& natural_box_names() {
  static const std::vector<std::string> names{"mild", "default", "harsh"};
  return names;
}

std::optional<NaturalBox> named_natural_box(std::string_view name) {
  if (name == "mild") return kMild;
  if (name == "default") return kDefault;
  if (name == "harsh") return kHarsh;
  return {};
}

void check_natural_box(const NaturalBox& box) {
  bool any = false;
  for (const NaturalLimit& limit : kLimits) {
    const double value = box.*limit.value;
    if (!(value >= limit.none && value <= limit.most)) {
      throw Error(
          ErrorCode::kBadArgument,
          fmt::format("the natural box has {} {:g}, expected {:g} to {:g}", limit.name, value, limit.none, limit.most),
          fmt::format("write `{} = N` with a number in that range", limit.name));
    }
    any = any || (value > limit.none && limit.name != "together");
  }
  if (!any) {
    throw Error(ErrorCode::kBadArgument, "the natural box lets nothing change",
                "name one kind at least, as in `rotate = 10` or `light = 30`");
  }
}

std::string_view to_string(NaturalKind kind) {
  constexpr std::array<std::string_view, kNaturalKinds> kNames{"rotate",   "shift-x", "shift-y", "zoom",
                                                               "contrast", "light",   "blur",    "noise"};
  return kNames.at(static_cast<std::size_t>(kind));
}

double least_strength(NaturalKind kind) { return kind == NaturalKind::kBlur || kind == NaturalKind::kNoise ? 0 : -1; }

void put_into(const NaturalBox& box, NaturalPlace& place) {
  double squares = 0;
  for (std::size_t i = 0; i < place.size(); ++i) {
    const auto kind = static_cast<NaturalKind>(i);
    place[i] = left_out(box, kind) ? 0 : std::clamp(place[i], least_strength(kind), 1.0);
    squares += place[i] * place[i];
  }
  if (box.together <= 0 || squares <= box.together * box.together) return;
  for (double& share : place) share *= box.together / std::sqrt(squares);
}

double natural_amount(const NaturalBox& box, NaturalKind kind, double share, const Shape& shape) {
  switch (kind) {
    case NaturalKind::kRotate:
      return box.rotate * share;
    case NaturalKind::kShiftX:
      return box.shift * shape.width * share;
    case NaturalKind::kShiftY:
      return box.shift * shape.height * share;
    case NaturalKind::kZoom:
      return std::pow(box.zoom, share);
    case NaturalKind::kContrast:
      return std::pow(box.contrast, share);
    case NaturalKind::kLight:
      return box.light * share;
    case NaturalKind::kBlur:
      return blur_limit(box, shape) * share;
    case NaturalKind::kNoise:
      return box.noise * share;
  }
  return 0;
}

std::string describe(const NaturalBox& box, const NaturalPlace& place, const Shape& shape) {
  std::string words;
  for (std::size_t i = 0; i < place.size(); ++i) {
    const auto kind = static_cast<NaturalKind>(i);
    const std::string one = amount_in_words(kind, natural_amount(box, kind, place[i], shape));
    if (one.empty()) continue;
    words += (words.empty() ? "" : ", ") + one;
  }
  return words.empty() ? "unchanged" : words;
}

void NaturalChanges::begin(const NaturalBox& box, InputView image, std::uint64_t key) {
  box_ = &box;
  shape_ = image.shape;
  image_.assign(image.pixels().begin(), image.pixels().end());
  warped_.resize(image_.size());
  blurred_.resize(image_.size());
  pattern_.resize(image_.size());
  Rng(key, 6).normals(pattern_);
}

void NaturalChanges::write(const NaturalPlace& place, std::span<std::uint8_t> out) {
  const auto amount = [&](NaturalKind kind) {
    return natural_amount(*box_, kind, place[static_cast<std::size_t>(kind)], shape_);
  };
  const cv::Point2f centre(static_cast<float>(shape_.width - 1) / 2, static_cast<float>(shape_.height - 1) / 2);
  cv::Mat m = cv::getRotationMatrix2D(centre, amount(NaturalKind::kRotate), amount(NaturalKind::kZoom));
  m.at<double>(0, 2) += amount(NaturalKind::kShiftX);
  m.at<double>(1, 2) += amount(NaturalKind::kShiftY);
  cv::Mat warped = header(shape_, warped_);
  cv::warpAffine(header(shape_, image_), warped, m, warped.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
  double mean = 0;
  for (const float v : warped_) mean += v;
  mean /= static_cast<double>(warped_.size());
  const auto contrast = static_cast<float>(amount(NaturalKind::kContrast));
  const auto base = static_cast<float>(mean * (1 - amount(NaturalKind::kContrast)) + amount(NaturalKind::kLight));
  for (float& v : warped_) v = v * contrast + base;
  const double sigma = amount(NaturalKind::kBlur);
  const std::vector<float>* from = &warped_;
  if (sigma > kLeastBlur) {
    const int k = 2 * std::max(1, static_cast<int>(std::ceil(3 * sigma))) + 1;
    cv::Mat blurred = header(shape_, blurred_);
    cv::GaussianBlur(warped, blurred, {k, k}, sigma, sigma, cv::BORDER_REFLECT);
    from = &blurred_;
  }
  const auto noise = static_cast<float>(amount(NaturalKind::kNoise));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(std::clamp(std::lrint((*from)[i] + noise * pattern_[i]), 0L, 255L));
  }
}

}  // namespace dflare
