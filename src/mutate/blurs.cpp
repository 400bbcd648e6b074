// Operators that blur: average, Gaussian, median. Sizes are random; size 1 changes nothing.
#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mutate/flavour.h"
#include "mutate/median.h"

namespace dflare {
namespace {

// Headers over the caller's pixels. OpenCV only reads through the first.
cv::Mat over(InputView in) {
  return {in.shape.height, in.shape.width, CV_8UC(in.shape.channels), const_cast<std::uint8_t*>(in.data)};
}
cv::Mat over(Shape shape, std::span<std::uint8_t> out) {
  return {shape.height, shape.width, CV_8UC(shape.channels), out.data()};
}

using Filter = void (*)(InputView in, int size, std::span<std::uint8_t> out);

void average(InputView in, int size, std::span<std::uint8_t> out) {
  cv::Mat to = over(in.shape, out);
  cv::blur(over(in), to, cv::Size(size, size));
}

// The standard deviation is OpenCV's choice for the size: 0.3 ((size - 1) / 2 - 1) + 0.8.
void gaussian(InputView in, int size, std::span<std::uint8_t> out) {
  cv::Mat to = over(in.shape, out);
  cv::GaussianBlur(over(in), to, cv::Size(size, size), 0);
}

// Blurs by a size drawn from smallest, smallest + step, ..., `choices` in all.
class Blur final : public NamedOperator {
 public:
  Blur(std::string name, Filter filter, int choices, int step)
      : NamedOperator(std::move(name)), filter_(filter), choices_(choices), step_(step) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const int size = 1 + step_ * rng.between(0, choices_ - 1);
    if (size == 1 || in.shape.size() == 0) {
      std::copy_n(in.data, in.shape.size(), out.data());
    } else {
      filter_(in, size, out);
    }
  }

 private:
  Filter filter_;
  int choices_;
  int step_;
};

}  // namespace

std::unique_ptr<Operator> make_average_blur(std::string name, Flavour) {
  return std::make_unique<Blur>(std::move(name), average, 5, 1);
}

std::unique_ptr<Operator> make_gaussian_blur(std::string name, Flavour) {
  return std::make_unique<Blur>(std::move(name), gaussian, 4, 2);
}

std::unique_ptr<Operator> make_median_blur(std::string name, Flavour) {
  return std::make_unique<Blur>(std::move(name), median_filter, 4, 2);
}

}  // namespace dflare
