// What the seven operators share: their two flavours, and how each is made.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dflare/operators.h"

namespace dflare {

enum class Flavour {
  kPaper,      // Table 3, on u8 pixels: rounded, then clipped
  kReference,  // the authors' code: truncated, wrapped through int32 to u8, single array elements
};

class NamedOperator : public Operator {
 public:
  explicit NamedOperator(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const final { return name_; }

 private:
  std::string name_;
};

std::unique_ptr<Operator> make_pixel_change(std::string name, Flavour flavour);
std::unique_ptr<Operator> make_gaussian_noise(std::string name, Flavour flavour);
std::unique_ptr<Operator> make_multiplicative_noise(std::string name, Flavour flavour);
std::unique_ptr<Operator> make_salt_and_pepper(std::string name, Flavour flavour);
// The blurs have one flavour: the authors' code too runs OpenCV's on u8 pixels.
std::unique_ptr<Operator> make_average_blur(std::string name, Flavour flavour);
std::unique_ptr<Operator> make_gaussian_blur(std::string name, Flavour flavour);
std::unique_ptr<Operator> make_median_blur(std::string name, Flavour flavour);

}  // namespace dflare
