// The K best classes: as a set, or in their order.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "dflare/error.h"
#include "judge/oracles.h"
#include "judge/set_oracle.h"

namespace dflare {
namespace {

constexpr double kLeastProbability = 1e-12;

// Classes by falling score, equal ones by rising index. The scale of a margin is that of log p: of logits their
// difference, of a distribution over the classes that of their logarithms.
class TopkOracle final : public SetOracle {
 public:
  TopkOracle(std::size_t k, bool ordered, std::optional<OutputKind> output)
      : k_(k), ordered_(ordered), output_(output) {}

  [[nodiscard]] std::string spec() const override { return fmt::format("topk:{}{}", k_, ordered_ ? ":order" : ""); }

  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& /*compressed*/) const override {
    const std::size_t classes = values_of(original);
    const bool says_something = k_ < classes || (ordered_ && k_ == classes);
    if (original.size() <= 1 && classes >= 2 && says_something)
      return std::make_shared<TopkOracle>(k_, ordered_, output_);
    throw Error(
        ErrorCode::kBadArgument,
        fmt::format("--oracle {} compares the best of more than {} classes, and the models give {} value{} in {} "
                    "output{}",
                    spec(), k_, classes, classes == 1 ? "" : "s", original.size(), original.size() == 1 ? "" : "s"),
        original.size() > 1 ? "choose the output of class scores by --output-name"
                            : "use a smaller K; --oracle binary for one score");
  }

  void read(std::span<const float> answer, LabelSet& set) const override {
    const std::size_t k = std::min(k_, answer.size());
    set.resize(answer.size());
    std::iota(set.begin(), set.end(), 0);
    const auto before = [answer](int a, int b) {
      const float x = answer[static_cast<std::size_t>(a)];
      const float y = answer[static_cast<std::size_t>(b)];
      return x > y || (x == y && a < b);
    };
    std::partial_sort(set.begin(), set.begin() + static_cast<std::ptrdiff_t>(k), set.end(), before);
    set.resize(k);
    if (!ordered_) std::ranges::sort(set);
  }

  [[nodiscard]] double margin(std::span<const float> answer, const LabelSet& set) const override {
    const bool shares = output_ ? *output_ == OutputKind::kProbabilities : is_distribution(answer);
    const auto score = [answer, shares](int label) {
      const double value = answer[static_cast<std::size_t>(label)];
      return shares ? std::log(std::max(value, kLeastProbability)) : value;
    };
    double least = kInfinity;
    double apart = kInfinity;  // between neighbours of an order
    for (std::size_t i = 0; i < set.size(); ++i) {
      const double own = score(set[i]);
      if (ordered_ && i > 0) apart = std::min(apart, least - own);
      least = ordered_ ? own : std::min(least, own);
    }
    const int rival = best_beside(answer, set);
    return rival < 0 ? apart : std::min(apart, least - score(rival));
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return {};
    LabelSet f;
    LabelSet g;
    read(original, f);
    read(compressed, g);
    return fmt::format(R"({{"original":{},"compressed":{}}})", json_of(f), json_of(g));
  }

 private:
  // A softmax's; rounded to 8 bits its sum may be off.
  static bool is_distribution(std::span<const float> answer) {
    double sum = 0;
    for (const float value : answer) {
      if (value < 0 || value > 1.001F) return false;
      sum += value;
    }
    return std::abs(sum - 1) <= 0.25;
  }

  // The best class that is not in the set; -1 where all are.
  static int best_beside(std::span<const float> answer, const LabelSet& set) {
    int best = -1;
    for (int c = 0; c < static_cast<int>(answer.size()); ++c) {
      const bool better = best < 0 || answer[static_cast<std::size_t>(c)] > answer[static_cast<std::size_t>(best)];
      if (better && std::ranges::find(set, c) == set.end()) best = c;
    }
    return best;
  }

  std::size_t k_;
  bool ordered_;
  std::optional<OutputKind> output_;
};

}  // namespace

std::unique_ptr<const Oracle> make_topk_oracle(std::string_view argument, std::optional<OutputKind> output) {
  const std::size_t colon = argument.find(':');
  const std::string_view number = argument.substr(0, colon);
  const bool ordered = colon != std::string_view::npos;
  int k = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), k);
  const bool is_count = error == std::errc{} && end == number.data() + number.size() && k >= 1;
  if (!is_count || (ordered && argument.substr(colon + 1) != "order")) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--oracle topk:{}: expected how many of the best classes are compared", argument),
                "use topk:5, or topk:5:order where their order counts; top1 compares the best one");
  }
  return std::make_unique<TopkOracle>(static_cast<std::size_t>(k), ordered, output);
}

}  // namespace dflare
