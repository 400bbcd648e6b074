// Masks (segmentation of one thing, saliency): the pixels that both models mark, as a share of those that either does.
#include <fmt/format.h>

#include <cmath>

#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {
namespace {

constexpr double kUsualIou = 0.9;
constexpr float kMarked = 0.5F;  // a score above it marks a pixel

struct Overlap {
  std::int64_t original = 0, compressed = 0, both = 0;  // pixels marked
  bool finite = true;

  // Where neither marks any they are at one.
  [[nodiscard]] double iou() const {
    const std::int64_t either = original + compressed - both;
    return either == 0 ? 1 : static_cast<double>(both) / static_cast<double>(either);
  }
};

Overlap overlap(std::span<const float> original, std::span<const float> compressed) {
  Overlap seen;
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (!std::isfinite(original[i]) || !std::isfinite(compressed[i])) return {.finite = false};
    const bool f = original[i] > kMarked;
    const bool g = compressed[i] > kMarked;
    seen.original += f ? 1 : 0;
    seen.compressed += g ? 1 : 0;
    seen.both += f && g ? 1 : 0;
  }
  return seen;
}

class MaskOracle final : public Oracle {
 public:
  explicit MaskOracle(double least) : least_(least) {}

  [[nodiscard]] std::string spec() const override { return fmt::format("mask:{}", number_text(least_)); }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& /*compressed*/) const override {
    if (values_of(original) >= 2) return std::make_shared<MaskOracle>(least_);
    throw Error(ErrorCode::kBadArgument, "--oracle mask compares a score a pixel, and the models give one number",
                "use --oracle value:TOLERANCE, or binary for a yes-or-no score");
  }

  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    const Overlap seen = overlap(original, compressed);
    return seen.finite ? (seen.iou() - least_) / (1 - least_) : std::nan("");
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    const Overlap seen = overlap(original, compressed);
    if (!seen.finite) return {};
    return fmt::format(R"({{"iou":{},"marked_original":{},"marked_compressed":{},"marked_both":{},"pixels":{}}})",
                       seen.iou(), seen.original, seen.compressed, seen.both, original.size());
  }

 private:
  double least_;
};

}  // namespace

std::unique_ptr<const Oracle> make_mask_oracle(std::string_view argument) {
  return std::make_unique<MaskOracle>(argument.empty() ? kUsualIou : argument_of("mask", argument, {0, 1}));
}

}  // namespace dflare
