// Oracles by name, and what they make of both models' answers.
#include "dflare/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/nearest.h"
#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {
namespace {

constexpr const char* kWays =
    "oracles are top1, binary[:THRESHOLD], value:TOLERANCE, cosine:LEAST, mask[:IOU] and boxes:DECODER[:IOU]; "
    "docs/oracles.md says which is for what";

OracleChoice of(std::unique_ptr<const Oracle> oracle) { return {.oracle = std::move(oracle)}; }

OracleChoice binary(std::string_view argument) {
  OracleChoice choice{.binary = true};
  if (!argument.empty()) choice.threshold = static_cast<float>(argument_of("binary", argument, {0, 1}));
  return choice;
}

}  // namespace

const std::vector<std::string>& oracle_names() {
  static const std::vector<std::string> names{"top1", "binary", "value", "cosine", "mask", "boxes"};
  return names;
}

OracleChoice make_oracle(std::string_view spec) {
  const std::size_t colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view argument = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
  if (name == "top1" && colon == std::string_view::npos) return {};
  if (name == "binary") return binary(argument);
  if (name == "value") return of(make_value_oracle(argument));
  if (name == "cosine") return of(make_cosine_oracle(argument));
  if (name == "mask") return of(make_mask_oracle(argument));
  if (name == "boxes") return of(make_boxes_oracle(argument));
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

void read_together(const Oracle& oracle, const Answers& raw_original, const Answers& raw_compressed, Answers& original,
                   Answers& compressed) {
  const std::size_t rows = raw_original.rows();
  const std::span<float> f = original.prepare(rows, 2);
  const std::span<float> g = compressed.prepare(rows, 2);
  std::ranges::fill(f, 0.0F);
  std::ranges::fill(g, 0.0F);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<const float> a = raw_original.raw(row);
    const std::span<const float> b = raw_compressed.raw(row);
    const auto lead = static_cast<float>(oracle.lead(a, b));
    if (std::isnan(lead)) {  // by whichever answer is not finite
      f[2 * row] = all_finite(a) ? 1 : lead;
      g[2 * row] = all_finite(b) ? 1 : lead;
      continue;
    }
    f[2 * row] = lead < 0 ? -lead : 1;
    g[2 * row] = lead;
  }
  original.interpret({OutputKind::kLogits});
  compressed.interpret({OutputKind::kLogits});
}

}  // namespace dflare
