// The natural corruptions, on OpenCV's filters and libjpeg.
#include "dflare/corruptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/rng.h"
#include "mutate/corruption_list.h"
#include "mutate/jpeg_round_trip.h"

namespace dflare {
namespace {

cv::Mat header(InputView in) {
  return {in.shape.height, in.shape.width, CV_8UC(in.shape.channels), const_cast<std::uint8_t*>(in.data)};
}
cv::Mat header(const Shape& shape, std::span<std::uint8_t> out) {
  return {shape.height, shape.width, CV_8UC(shape.channels), out.data()};
}

double side(const Shape& s) { return std::min(s.height, s.width); }

std::uint8_t to_pixel(float v) { return static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L)); }

// ---- blurs -------------------------------------------------------------------------------------

double blur_sigma(double t, const Shape& s) { return t * 0.055 * side(s); }

void gaussian_blur(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  const double sigma = blur_sigma(t, in.shape);
  const int k = 2 * std::max(1, static_cast<int>(std::ceil(3 * sigma))) + 1;
  cv::Mat to = header(in.shape, out);
  cv::GaussianBlur(header(in), to, {k, k}, sigma, sigma, cv::BORDER_REPLICATE);
}

double defocus_radius(double t, const Shape& s) { return t * 0.08 * side(s); }

// A disk whose rim is weighted by the part of each pixel that it covers.
void defocus(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  const double radius = defocus_radius(t, in.shape);
  const int reach = static_cast<int>(std::ceil(radius + 0.5));
  cv::Mat kernel(2 * reach + 1, 2 * reach + 1, CV_32F);
  for (int y = -reach; y <= reach; ++y) {
    for (int x = -reach; x <= reach; ++x) {
      const double covered = std::clamp(radius + 0.5 - std::hypot(x, y), 0.0, 1.0);
      kernel.at<float>(y + reach, x + reach) = static_cast<float>(x == 0 && y == 0 ? 1.0 : covered);
    }
  }
  kernel /= cv::sum(kernel)[0];
  cv::Mat to = header(in.shape, out);
  cv::filter2D(header(in), to, -1, kernel, {-1, -1}, 0, cv::BORDER_REPLICATE);
}

double motion_length(double t, const Shape& s) { return t * 0.3 * side(s); }

// A line through the centre at a frozen angle, drawn with linear weights.
void motion_blur(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  const double length = motion_length(t, in.shape);
  const double angle = Rng(key, 0).uniform() * std::numbers::pi;
  const int reach = static_cast<int>(std::ceil(length / 2)) + 1;
  cv::Mat kernel = cv::Mat::zeros(2 * reach + 1, 2 * reach + 1, CV_32F);
  constexpr int kSamples = 64;
  for (int i = 0; i < kSamples; ++i) {
    const double along = length * ((i + 0.5) / kSamples - 0.5);
    const double x = reach + along * std::cos(angle);
    const double y = reach + along * std::sin(angle);
    const int x0 = static_cast<int>(x);
    const int y0 = static_cast<int>(y);
    const auto fx = static_cast<float>(x - x0);
    const auto fy = static_cast<float>(y - y0);
    kernel.at<float>(y0, x0) += (1 - fx) * (1 - fy);
    kernel.at<float>(y0, x0 + 1) += fx * (1 - fy);
    kernel.at<float>(y0 + 1, x0) += (1 - fx) * fy;
    kernel.at<float>(y0 + 1, x0 + 1) += fx * fy;
  }
  kernel /= cv::sum(kernel)[0];
  cv::Mat to = header(in.shape, out);
  cv::filter2D(header(in), to, -1, kernel, {-1, -1}, 0, cv::BORDER_REPLICATE);
}

// ---- values ------------------------------------------------------------------------------------

double noise_sigma(double t) { return t * 90.0; }

void gaussian_noise(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  Rng rng(key, 1);
  const auto sigma = static_cast<float>(noise_sigma(t));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = to_pixel(static_cast<float>(in.data[i]) + sigma * rng.normal());
}

double shift(double t) { return t * 150.0; }

// Values move by a fixed amount; the fraction is dithered by the key, so that small strengths make a difference.
void add_light(InputView in, double amount, std::uint64_t key, std::span<std::uint8_t> out) {
  Rng rng(key, 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double v = std::floor(in.data[i] + amount + rng.uniform());
    out[i] = static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0));
  }
}
void brighten(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  add_light(in, shift(t), key, out);
}
void darken(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  add_light(in, -shift(t), key, out);
}

double contrast_kept(double t) { return 1 - 0.97 * t; }

void contrast(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  Rng rng(key, 3);
  double mean = 0;
  for (const std::uint8_t v : in.pixels()) mean += v;
  mean /= static_cast<double>(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double v = std::floor(mean + contrast_kept(t) * (in.data[i] - mean) + rng.uniform());
    out[i] = static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0));
  }
}

int jpeg_quality(double t) { return static_cast<int>(std::lround(95 - 93 * std::clamp(t, 0.0, 1.0))); }

void jpeg(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  jpeg_round_trip(in, jpeg_quality(t), out);
}

// ---- geometry ----------------------------------------------------------------------------------

// Applies x -> scale * R(angle) x + (dx, dy) about the centre.
void warp(InputView in, double angle_degrees, double scale, double dx, double dy, std::span<std::uint8_t> out) {
  const cv::Point2f centre(static_cast<float>(in.shape.width - 1) / 2, static_cast<float>(in.shape.height - 1) / 2);
  cv::Mat m = cv::getRotationMatrix2D(centre, angle_degrees, scale);
  m.at<double>(0, 2) += dx;
  m.at<double>(1, 2) += dy;
  cv::Mat to = header(in.shape, out);
  cv::warpAffine(header(in), to, m, to.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
}

double sign_of(std::uint64_t key) { return (Rng(key, 4).next() & 1U) != 0 ? 1.0 : -1.0; }
double angle_of(double t) { return t * 60; }
double shift_of(double t, const Shape& s) { return t * 0.3 * side(s); }

void rotate(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  warp(in, sign_of(key) * angle_of(t), 1, 0, 0, out);
}
void translate(InputView in, double t, std::uint64_t key, std::span<std::uint8_t> out) {
  const double direction = Rng(key, 5).uniform() * 2 * std::numbers::pi;
  const double by = shift_of(t, in.shape);
  warp(in, 0, 1, by * std::cos(direction), by * std::sin(direction), out);
}
void zoom_in(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  warp(in, 0, 1 + t, 0, 0, out);
}
void zoom_out(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  warp(in, 0, 1 / (1 + t), 0, 0, out);
}

double block_size(double t, const Shape& s) { return 1 + t * std::max(1.0, 0.12 * side(s)); }

void pixelate(InputView in, double t, std::uint64_t /*key*/, std::span<std::uint8_t> out) {
  const double block = block_size(t, in.shape);
  const cv::Size small(std::max(1, static_cast<int>(std::lround(in.shape.width / block))),
                       std::max(1, static_cast<int>(std::lround(in.shape.height / block))));
  cv::Mat reduced;
  cv::resize(header(in), reduced, small, 0, 0, cv::INTER_AREA);
  cv::Mat to = header(in.shape, out);
  cv::resize(reduced, to, to.size(), 0, 0, cv::INTER_NEAREST);
}

CorruptionList make_corruptions() {
  CorruptionList all;
  const auto add = [&all](std::string_view name, CorruptionKind::Apply apply, CorruptionKind::Describe describe) {
    all.push_back(std::make_unique<CorruptionKind>(name, apply, describe));
  };
  add("gaussian-blur", gaussian_blur,
      [](double t, const Shape& s) { return fmt::format("Gaussian blur, sigma {:.2f} pixels", blur_sigma(t, s)); });
  add("defocus", defocus,
      [](double t, const Shape& s) { return fmt::format("defocus, radius {:.2f} pixels", defocus_radius(t, s)); });
  add("motion-blur", motion_blur,
      [](double t, const Shape& s) { return fmt::format("motion blur over {:.1f} pixels", motion_length(t, s)); });
  add("gaussian-noise", gaussian_noise,
      [](double t, const Shape&) { return fmt::format("Gaussian noise, sigma {:.1f} grey levels", noise_sigma(t)); });
  add("brighten", brighten,
      [](double t, const Shape&) { return fmt::format("brighter by {:.1f} grey levels", shift(t)); });
  add("darken", darken, [](double t, const Shape&) { return fmt::format("darker by {:.1f} grey levels", shift(t)); });
  add("contrast", contrast,
      [](double t, const Shape&) { return fmt::format("contrast lowered to {:.0f} %", 100 * contrast_kept(t)); });
  add("jpeg", jpeg, [](double t, const Shape&) { return fmt::format("JPEG quality {}", jpeg_quality(t)); });
  add("rotate", rotate, [](double t, const Shape&) { return fmt::format("rotated by {:.1f} degrees", angle_of(t)); });
  add("translate", translate,
      [](double t, const Shape& s) { return fmt::format("shifted by {:.1f} pixels", shift_of(t, s)); });
  add("zoom-in", zoom_in, [](double t, const Shape&) { return fmt::format("enlarged {:.2f} times", 1 + t); });
  add("zoom-out", zoom_out,
      [](double t, const Shape&) { return fmt::format("reduced to {:.0f} % of its size", 100 / (1 + t)); });
  add("pixelate", pixelate,
      [](double t, const Shape& s) { return fmt::format("pixelated in blocks of {:.1f} pixels", block_size(t, s)); });
  return all;
}

}  // namespace

const CorruptionList& corruptions(const ArrayForm* form) {
  if (form != nullptr && form->kind == InputKind::kText) return text_corruptions();
  if (form != nullptr && form->kind == InputKind::kAudio) return sound_corruptions();
  if (form != nullptr) return array_corruptions(form->series);
  static const auto all = make_corruptions();
  return all;
}

std::size_t corruption_index(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& c : corruptions()) names.emplace_back(c->name());
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("no corruption is called '{}'", name),
                known_names_hint(name, names));
  }
  return static_cast<std::size_t>(at - names.begin());
}

}  // namespace dflare
