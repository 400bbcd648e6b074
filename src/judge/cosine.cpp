// Vectors (embeddings): the cosine between the two may not be less than a bound.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {
namespace {

// NaN where a vector is not finite; a vector of zeros has no direction: 1 beside another, 0 beside any else.
double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  if (aa == 0 && bb == 0) return 1;
  if (aa == 0 || bb == 0) return 0 * (aa + bb);
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);
}

class CosineOracle final : public Oracle {
 public:
  explicit CosineOracle(double least) : least_(least) {}

  [[nodiscard]] std::string spec() const override { return fmt::format("cosine:{}", number_text(least_)); }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& /*compressed*/) const override {
    if (values_of(original) >= 2) return std::make_shared<CosineOracle>(least_);
    throw Error(ErrorCode::kBadArgument, "--oracle cosine compares vectors, and the models give one number",
                "use --oracle value:TOLERANCE, or binary for a yes-or-no score");
  }

  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    return (cosine(original, compressed) - least_) / (1 - least_);
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    const double c = cosine(original, compressed);
    return std::isnan(c) ? "" : fmt::format(R"({{"cosine":{}}})", c);
  }

 private:
  double least_;
};

}  // namespace

std::unique_ptr<const Oracle> make_cosine_oracle(std::string_view argument) {
  return std::make_unique<CosineOracle>(argument_of("cosine", argument, {-1, 1}));
}

}  // namespace dflare
