// Oracles by name, and what they make of both models' answers.
#include "dflare/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/nearest.h"
#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {
namespace {

constexpr const char* kWays =
    "oracles are top1, topk:K[:order], binary[:THRESHOLD], multilabel[:THRESHOLD], value:TOLERANCE, cosine:LEAST, "
    "mask[:IOU], boxes:DECODER[:IOU] and transcript[:RATE]; "
    "docs/oracles.md says which is for what";

OracleChoice of(std::unique_ptr<const Oracle> oracle) { return {.oracle = std::move(oracle)}; }

OracleChoice binary(std::string_view argument) {
  OracleChoice choice{.binary = true};
  if (!argument.empty()) choice.threshold = static_cast<float>(argument_of("binary", argument, {0, 1}));
  return choice;
}

}  // namespace

const std::vector<std::string>& oracle_names() {
  static const std::vector<std::string> names{"top1",   "topk", "binary", "multilabel", "value",
                                              "cosine", "mask", "boxes",  "transcript"};
  return names;
}

bool severity_is_odds(std::string_view spec) {
  const std::string_view name = spec.substr(0, spec.find(':'));
  return name == "top1" || name == "binary" || name == "topk" || name == "multilabel";
}

OracleChoice make_oracle(std::string_view spec, std::optional<OutputKind> output) {
  const std::size_t colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view argument = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
  if (name == "top1" && colon == std::string_view::npos) return {};
  if (name == "binary") return binary(argument);
  if (name == "topk") return of(make_topk_oracle(argument, output));
  if (name == "multilabel") return of(make_multilabel_oracle(argument, output));
  if (name == "value") return of(make_value_oracle(argument));
  if (name == "cosine") return of(make_cosine_oracle(argument));
  if (name == "mask") return of(make_mask_oracle(argument));
  if (name == "boxes") return of(make_boxes_oracle(argument));
  if (name == "transcript") return of(make_transcript_oracle(argument));
  if (name == "top1") throw Error(ErrorCode::kBadArgument, "--oracle top1 takes no argument", kWays);
  throw Error(ErrorCode::kBadArgument, fmt::format("--oracle is '{}', which is none", spec),
              known_names_hint(name, oracle_names()));
}

double argument_of(std::string_view oracle, std::string_view argument, const Bounds& bounds) {
  double number = 0;
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), number);
  const bool is_number = error == std::errc{} && end == argument.data() + argument.size();
  if (is_number && number > bounds.above && number < bounds.below) return number;
  const std::string range = std::isinf(bounds.below)
                                ? fmt::format("above {:g}", bounds.above)
                                : fmt::format("above {:g} and below {:g}", bounds.above, bounds.below);
  throw Error(ErrorCode::kBadArgument,
              fmt::format("--oracle {}:{}: expected a number {} after the colon", oracle, argument, range), kWays);
}

std::size_t values_of(const AnswerLayout& layout) {
  std::size_t values = 0;
  for (const AnswerPart& part : layout) values += part.values();
  return values;
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

std::string number_text(double number) { return fmt::format("{}", number); }

std::shared_ptr<const Oracle> fit(const Oracle& oracle, const AnswerLayout& original, const AnswerLayout& compressed) {
  const auto is_text = [](const AnswerPart& part) { return part.text; };
  if (!oracle.reads_texts() && (std::ranges::any_of(original, is_text) || std::ranges::any_of(compressed, is_text))) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--oracle {} compares numbers, and a model gives a text", oracle.spec()),
                "compare words by --oracle transcript, or choose an output of numbers by --output-name");
  }
  return oracle.fitted(original, compressed);
}

std::size_t ruled_classes(const Oracle& oracle) { return oracle.sets() == nullptr ? 2 : 3; }

namespace {

// What one oracle makes of pairs of answers, a row at a time: `f` and `g` take ruled_classes() logits.
class Ruler {
 public:
  explicit Ruler(const Oracle& oracle) : oracle_(oracle), sets_(oracle.sets()) {}

  // `given`: the seed's set; null: the original's own.
  void rule(std::span<const float> original, std::span<const float> compressed, const LabelSet* given,
            std::span<float> f, std::span<float> g) {
    const bool finite_f = all_finite(original);
    const bool finite_g = all_finite(compressed);
    if (sets_ != nullptr && finite_f && finite_g)
      rule_by_sets(original, compressed, given, f, g);
    else if (sets_ == nullptr)
      rule_by_lead(original, compressed, f, g);
    if (!finite_f) f[0] = kNan;
    if (!finite_g) g[0] = kNan;
  }

 private:
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  static constexpr double kOutOfReach = 10;  // below the others: a class that the row is not about

  void rule_by_lead(std::span<const float> original, std::span<const float> compressed, std::span<float> f,
                    std::span<float> g) const {
    const auto lead = static_cast<float>(oracle_.lead(original, compressed));
    f[0] = lead < 0 ? -lead : 1;
    g[0] = std::isnan(lead) ? 1 : lead;
  }

  void rule_by_sets(std::span<const float> original, std::span<const float> compressed, const LabelSet* given,
                    std::span<float> f, std::span<float> g) {
    sets_->read(original, set_f_);
    sets_->read(compressed, set_g_);
    const LabelSet& kept = given != nullptr ? *given : set_f_;
    const double margin_f = sets_->margin(original, kept);
    const double margin_g = sets_->margin(compressed, kept);
    const auto write = [](std::span<float> to, double seeds, double another, double yet_another) {
      to[0] = static_cast<float>(seeds);
      to[1] = static_cast<float>(another);
      to[2] = static_cast<float>(yet_another);
    };
    if (margin_f < 0 && margin_g < 0 && set_f_ != set_g_) {
      write(f, margin_f, 0, -sets_->margin(original, set_f_));
      write(g, margin_g, -sets_->margin(compressed, set_g_), 0);
      return;
    }
    write(f, margin_f, 0, std::min(margin_f, 0.0) - kOutOfReach);
    write(g, margin_g, 0, std::min(margin_g, 0.0) - kOutOfReach);
  }

  const Oracle& oracle_;
  const LabelSets* sets_;
  LabelSet set_f_, set_g_;
};

}  // namespace

void read_together(const Oracle& oracle, const Answers& raw_original, const Answers& raw_compressed, Answers& original,
                   Answers& compressed, const SetsAtSeeds& at_seeds) {
  const std::size_t rows = raw_original.rows();
  const std::size_t classes = ruled_classes(oracle);
  const std::span<float> f = original.prepare(rows, classes);
  const std::span<float> g = compressed.prepare(rows, classes);
  std::ranges::fill(f, 0.0F);
  std::ranges::fill(g, 0.0F);
  Ruler ruler(oracle);
  for (std::size_t row = 0; row < rows; ++row) {
    const LabelSet* given =
        at_seeds.by_seed.empty() ? nullptr : &at_seeds.by_seed[static_cast<std::size_t>(at_seeds.seeds[row].value)];
    ruler.rule(raw_original.raw(row), raw_compressed.raw(row), given, f.subspan(row * classes, classes),
               g.subspan(row * classes, classes));
  }
  original.interpret({OutputKind::kLogits});
  compressed.interpret({OutputKind::kLogits});
}

}  // namespace dflare
