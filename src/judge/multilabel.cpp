// Labels of which any number may be given (tags, findings in an X-ray): those whose score is above a threshold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dflare/error.h"
#include "judge/oracles.h"
#include "judge/set_oracle.h"

namespace dflare {
namespace {

constexpr double kUsualThreshold = 0.5;
constexpr double kSurest = 1e-6;  // probabilities nearer to 0 or 1 than this count as so near
constexpr float kBeyond = 0.01F;  // that rounding may lead a probability out of 0 to 1

double logit(double p) { return std::log(p / (1 - p)); }

class MultilabelOracle final : public SetOracle {
 public:
  MultilabelOracle(double threshold, std::optional<OutputKind> output) : threshold_(threshold), output_(output) {}

  [[nodiscard]] std::string spec() const override { return fmt::format("multilabel:{}", number_text(threshold_)); }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& /*compressed*/) const override {
    if (values_of(original) >= 2) return std::make_shared<MultilabelOracle>(threshold_, output_);
    throw Error(ErrorCode::kBadArgument, "--oracle multilabel reads a score a label, and the models give one number",
                "use --oracle binary for a yes-or-no score");
  }

  void read(std::span<const float> answer, LabelSet& set) const override {
    set.clear();
    for (std::size_t i = 0; i < answer.size(); ++i) {
      if (odds_above(answer[i]) > 0) set.push_back(static_cast<int>(i));
    }
  }

  // Of the label that is nearest to changing sides.
  [[nodiscard]] double margin(std::span<const float> answer, const LabelSet& set) const override {
    double least = kInfinity;
    auto next = set.begin();
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const bool given = next != set.end() && *next == static_cast<int>(i);
      if (given) ++next;
      least = std::min(least, given ? odds_above(answer[i]) : -odds_above(answer[i]));
    }
    return least;
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return {};
    LabelSet f;
    LabelSet g;
    read(original, f);
    read(compressed, g);
    LabelSet lost;
    LabelSet gained;
    std::ranges::set_difference(f, g, std::back_inserter(lost));
    std::ranges::set_difference(g, f, std::back_inserter(gained));
    return fmt::format(R"({{"original":{},"compressed":{},"lost":{},"gained":{}}})", json_of(f), json_of(g),
                       json_of(lost), json_of(gained));
  }

 private:
  // Log-odds of a label over those of the threshold: above 0 it is given.
  [[nodiscard]] double odds_above(float score) const {
    if (output_ == OutputKind::kLogits) return score - logit(threshold_);
    if (score < -kBeyond || score > 1 + kBeyond) {
      throw Error(ErrorCode::kBadArgument,
                  fmt::format("--oracle multilabel: a score is {}, and a probability is expected", score),
                  "say --output logits where scores are logits");
    }
    if (score == static_cast<float>(threshold_)) return 0;
    return logit(std::clamp<double>(score, kSurest, 1 - kSurest)) - logit(threshold_);
  }

  double threshold_;
  std::optional<OutputKind> output_;
};

}  // namespace

std::unique_ptr<const Oracle> make_multilabel_oracle(std::string_view argument, std::optional<OutputKind> output) {
  return std::make_unique<MultilabelOracle>(
      argument.empty() ? kUsualThreshold : argument_of("multilabel", argument, {0, 1}), output);
}

}  // namespace dflare
