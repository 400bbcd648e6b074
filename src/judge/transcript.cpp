// Transcripts of speech: word by word, or up to a word error rate, the original taken for the truth.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json_text.h"
#include "core/words.h"
#include "dflare/error.h"
#include "judge/oracles.h"

namespace dflare {
namespace {

// Where in a row of values the text stands; the rest are scores of its words, or states.
struct TextPlace {
  std::size_t first = 0, count = std::numeric_limits<std::size_t>::max();  // until it is fitted: all of the row
};

std::span<const float> text_values(std::span<const float> row, const TextPlace& place) {
  return row.subspan(place.first, std::min(place.count, row.size() - place.first));
}

std::string text_in(std::span<const float> row, const TextPlace& place) {
  std::string text;
  for (const float value : text_values(row, place)) {
    if (value == 0) break;
    text += static_cast<char>(static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F)));
  }
  return text;
}

class TranscriptOracle final : public Oracle {
 public:
  TranscriptOracle(double rate, const TextPlace& place) : rate_(rate), place_(place) {}

  [[nodiscard]] std::string spec() const override {
    return rate_ > 0 ? fmt::format("transcript:{}", number_text(rate_)) : "transcript";
  }
  [[nodiscard]] bool reads_texts() const override { return true; }
  [[nodiscard]] std::shared_ptr<const Oracle> fitted(const AnswerLayout& original,
                                                     const AnswerLayout& compressed) const override;

  // A step less for each word too many, and less than half a one for how far scores and states are apart.
  [[nodiscard]] double lead(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return std::nan("");
    const Compared compared = compare(original, compressed);
    constexpr double kMostShade = 0.4;
    const double apart = kMostShade * -std::expm1(-scores_apart(original, compressed));
    return 1 - (static_cast<double>(compared.errors) + apart) / (static_cast<double>(compared.allowed) + 0.5);
  }

  [[nodiscard]] std::string facts(std::span<const float> original, std::span<const float> compressed) const override {
    if (!all_finite(original) || !all_finite(compressed)) return {};
    const Compared compared = compare(original, compressed);
    const nlohmann::ordered_json json{{"said_original", text_in(original, place_)},
                                      {"said_compressed", text_in(compressed, place_)},
                                      {"word_errors", compared.errors},
                                      {"words", compared.words},
                                      {"word_error_rate", compared.rate()}};
    return json_text(json);
  }

 private:
  struct Compared {
    std::size_t words = 0, errors = 0, allowed = 0;
    // Of nothing said any word is wrong.
    [[nodiscard]] double rate() const {
      return static_cast<double>(errors) / static_cast<double>(std::max<std::size_t>(words, 1));
    }
  };

  [[nodiscard]] Compared compare(std::span<const float> original, std::span<const float> compressed) const {
    const std::vector<std::string> truth = spoken_words(text_in(original, place_));
    const std::vector<std::string> said = spoken_words(text_in(compressed, place_));
    Compared compared{.words = truth.size()};
    if (truth != said) {
      const std::vector<WordStep> steps = aligned(truth, said);
      compared.errors =
          static_cast<std::size_t>(std::ranges::count_if(steps, [](const WordStep& step) { return !step.same(); }));
    }
    constexpr double kHair = 1e-9;  // 0.1 of ten words is one
    compared.allowed = static_cast<std::size_t>(rate_ * static_cast<double>(truth.size()) + kHair);
    return compared;
  }

  // Mean difference of the values that are no text.
  [[nodiscard]] double scores_apart(std::span<const float> original, std::span<const float> compressed) const {
    const std::size_t behind = place_.first + text_values(original, place_).size();
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
      if (i >= place_.first && i < behind) continue;
      sum += std::abs(static_cast<double>(original[i]) - compressed[i]);
      ++count;
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
  }

  double rate_;
  TextPlace place_;
};

// The one text among the outputs; nothing where there is none, or several.
std::optional<TextPlace> text_among(const AnswerLayout& layout) {
  std::optional<TextPlace> place;
  std::size_t first = 0;
  for (const AnswerPart& part : layout) {
    if (part.text && place) return {};
    if (part.text) place = TextPlace{first, part.values()};
    first += part.values();
  }
  return place;
}

std::shared_ptr<const Oracle> TranscriptOracle::fitted(const AnswerLayout& original,
                                                       const AnswerLayout& compressed) const {
  const auto a = text_among(original), b = text_among(compressed);
  if (!a || !b) {
    throw Error(ErrorCode::kBadArgument, "--oracle transcript compares one output that is a text",
                "a command gives texts (exec:COMMAND, docs/exec-models.md); --oracle value:TOLERANCE compares numbers");
  }
  if (a->first != b->first || a->count != b->count) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--oracle transcript: the original gives texts of up to {} bytes, the compressed of {}",
                            a->count, b->count),
                "let both say hello with the same outputs");
  }
  return std::make_shared<TranscriptOracle>(rate_, *a);
}

}  // namespace

std::unique_ptr<const Oracle> make_transcript_oracle(std::string_view argument) {
  const double rate =
      argument.empty() ? 0 : argument_of("transcript", argument, {0, std::numeric_limits<double>::infinity()});
  return std::make_unique<TranscriptOracle>(rate, TextPlace{});
}

}  // namespace dflare
