// Operators that replace a few pixels: pixel change, salt-and-pepper.
#include <algorithm>
#include <cmath>

#include "mutate/flavour.h"

namespace dflare {
namespace {

// What one replacement touches: a pixel with all its channels (paper), or a single array element (reference).
class Cells {
 public:
  Cells(InputView in, std::span<std::uint8_t> out, Flavour flavour)
      : width_(flavour == Flavour::kPaper ? static_cast<std::size_t>(in.shape.channels) : 1),
        count_(width_ == 0 ? 0 : in.shape.size() / width_),
        out_(out) {
    std::copy_n(in.data, in.shape.size(), out.data());
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::span<std::uint8_t> operator[](std::size_t cell) const {
    return out_.subspan(cell * width_, width_);
  }
  [[nodiscard]] std::span<std::uint8_t> random(Rng& rng) const {
    return (*this)[rng.below(static_cast<std::uint32_t>(count_))];
  }

 private:
  std::size_t width_;
  std::size_t count_;
  std::span<std::uint8_t> out_;
};

void fill(std::span<std::uint8_t> cell, std::uint8_t value) { std::fill(cell.begin(), cell.end(), value); }

// 0 to 9 cells, drawn with replacement, get random values.
class PixelChange final : public NamedOperator {
 public:
  PixelChange(std::string name, Flavour flavour) : NamedOperator(std::move(name)), flavour_(flavour) {}

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const Cells cells(in, out, flavour_);
    if (cells.count() == 0) return;
    for (int left = rng.between(0, 9); left > 0; --left) {
      for (std::uint8_t& value : cells.random(rng)) value = static_cast<std::uint8_t>(rng.below(256));
    }
  }

 private:
  Flavour flavour_;
};

constexpr double kSaltAndPepperShare = 0.004;

// Every pixel turns white or black with probability 0.4 %. Jumps from one such pixel to the next.
class SaltAndPepper final : public NamedOperator {
 public:
  using NamedOperator::NamedOperator;

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const Cells cells(in, out, Flavour::kPaper);
    for (std::size_t i = gap(rng); i < cells.count(); i += 1 + gap(rng)) {
      fill(cells[i], (rng.next() >> 63) != 0 ? 255 : 0);
    }
  }

 private:
  // Pixels left alone until the next that is hit: geometric, at most 9166 as uniform() has 53 bits.
  static std::size_t gap(Rng& rng) {
    static const double log_alone = std::log1p(-kSaltAndPepperShare);
    return static_cast<std::size_t>(std::log(1.0 - rng.uniform()) / log_alone);
  }
};

// As many elements turn white as black: each 0.2 % of all, rounded up; drawn with replacement, white first.
class ReferenceSaltAndPepper final : public NamedOperator {
 public:
  using NamedOperator::NamedOperator;

  void apply(InputView in, std::span<std::uint8_t> out, Rng& rng) const override {
    const Cells cells(in, out, Flavour::kReference);
    const auto each = static_cast<int>(std::ceil(kSaltAndPepperShare * static_cast<double>(cells.count()) * 0.5));
    for (int left = each; left > 0; --left) fill(cells.random(rng), 255);
    for (int left = each; left > 0; --left) fill(cells.random(rng), 0);
  }
};

}  // namespace

std::unique_ptr<Operator> make_pixel_change(std::string name, Flavour flavour) {
  return std::make_unique<PixelChange>(std::move(name), flavour);
}

std::unique_ptr<Operator> make_salt_and_pepper(std::string name, Flavour flavour) {
  if (flavour == Flavour::kReference) return std::make_unique<ReferenceSaltAndPepper>(std::move(name));
  return std::make_unique<SaltAndPepper>(std::move(name));
}

}  // namespace dflare
