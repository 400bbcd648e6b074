// Numbers (a regression, key points, depths): none may differ by more than a tolerance.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "judge/oracles.h"

namespace dflare {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The number that differs most, in units of what is tolerated for it.
struct Farthest {
  std::size_t at = 0;
  double times = 0;  // NaN: an answer is not finite
};

class ValueOracle final : public Oracle {
 public:
  ValueOracle(double tolerance, bool relative) : tolerance_(tolerance), relative_(relative) {}

  [[nodiscard]] std::string spec() const override {
    return relative_ ? fmt::format("value:{}%", number_text(100 * tolerance_))
                     : fmt::format("value:{}", number_text(tolerance_));
  }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& /*original*/,
                                                     const AnswerLayout& /*compressed*/) const override {
    return std::make_shared<ValueOracle>(tolerance_, relative_);
  }

  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    return 1 - farthest(original, compressed).times;
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    const auto [at, times] = farthest(original, compressed);
    if (std::isnan(times)) return {};
    return fmt::format(R"({{"at":{},"original":{},"compressed":{},"difference":{}}})", at, original[at], compressed[at],
                       std::abs(static_cast<double>(original[at]) - compressed[at]));
  }

 private:
  [[nodiscard]] Farthest farthest(std::span<const float> original, std::span<const float> compressed) const {
    Farthest farthest;
    for (std::size_t i = 0; i < original.size(); ++i) {
      const double difference = std::abs(static_cast<double>(original[i]) - compressed[i]);
      if (!std::isfinite(difference)) return {i, kNan};
      // Of a share of nothing nothing is tolerated, but for what a float cannot tell from it.
      const double allowed = relative_ ? tolerance_ * std::max<double>(std::abs(original[i]), kLeast) : tolerance_;
      if (difference / allowed > farthest.times) farthest = {i, difference / allowed};
    }
    return farthest;
  }

  static constexpr double kLeast = 1e-6;
  double tolerance_;
  bool relative_;
};

}  // namespace

std::unique_ptr<const Oracle> make_value_oracle(std::string_view argument) {
  const bool relative = argument.ends_with('%');
  const std::string_view number = relative ? argument.substr(0, argument.size() - 1) : argument;
  const double tolerance = argument_of("value", number, {0, std::numeric_limits<double>::infinity()});
  return std::make_unique<ValueOracle>(relative ? tolerance / 100 : tolerance, relative);
}

}  // namespace dflare
