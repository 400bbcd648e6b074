// The oracles, by name: how each is made of its argument.
#pragma once

#include <memory>
#include <optional>

#include "dflare/oracle.h"

namespace dflare {

// Each takes what stands after the colon; empty: nothing does. Throws kBadArgument where it cannot be that.
std::unique_ptr<const Oracle> make_value_oracle(std::string_view argument);
std::unique_ptr<const Oracle> make_cosine_oracle(std::string_view argument);
std::unique_ptr<const Oracle> make_mask_oracle(std::string_view argument);
std::unique_ptr<const Oracle> make_boxes_oracle(std::string_view argument);
std::unique_ptr<const Oracle> make_transcript_oracle(std::string_view argument);
std::unique_ptr<const Oracle> make_topk_oracle(std::string_view argument, std::optional<OutputKind> output);
std::unique_ptr<const Oracle> make_multilabel_oracle(std::string_view argument, std::optional<OutputKind> output);

// Of a row.
std::size_t values_of(const AnswerLayout& layout);

// The number of an argument within its bounds, which are not among the numbers allowed unless `inclusive`.
struct Bounds {
  double above, below;
};
double argument_of(std::string_view oracle, std::string_view argument, const Bounds& bounds);
bool all_finite(std::span<const float> values);
// As it is typed: "0.1".
std::string number_text(double number);

}  // namespace dflare
