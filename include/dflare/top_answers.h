// What both models make of a finding and of its input, beyond the two labels: the most probable ones of each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dflare/answers.h"

namespace dflare {

constexpr std::size_t kTopLabels = 5;

struct LabelScore {
  int label = -1;
  double p = 0;  // 0 to 1
};
// Up to kTopLabels of one answer, the most probable first, equal ones by index.
using TopLabels = std::vector<LabelScore>;

// Empty for an answer that is not finite.
TopLabels top_labels(const AnswerView& answer);

struct TopAnswers {
  TopLabels original, compressed;            // to the finding
  TopLabels seed_original, seed_compressed;  // to its seed
};

// As a run keeps them: a JSON object, probabilities to four digits.
std::string to_text(const TopAnswers& answers);
// Nothing for another text.
std::optional<TopAnswers> top_answers_of(const std::string& text);

}  // namespace dflare
