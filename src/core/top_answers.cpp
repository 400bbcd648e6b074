// The most probable labels of an answer.
#include "dflare/top_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string_view>

namespace dflare {
namespace {

void add(std::string& text, std::string_view name, const TopLabels& labels) {
  text += fmt::format("{}\"{}\":[", text.empty() ? "{" : ",", name);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += fmt::format("{}[{},{:.4g}]", i == 0 ? "" : ",", labels[i].label, labels[i].p);
  }
  text += ']';
}

TopLabels labels_of(const nlohmann::json& list) {
  TopLabels labels;
  for (const auto& each : list) labels.push_back({each.at(0).get<int>(), each.at(1).get<double>()});
  return labels;
}

}  // namespace

TopLabels top_labels(const AnswerView& answer) {
  if (!answer.finite) return {};
  std::vector<int> order(answer.raw.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t count = std::min(kTopLabels, order.size());
  const auto raw = [&answer](int label) { return answer.raw[static_cast<std::size_t>(label)]; };
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count),
                            [&raw](int a, int b) { return raw(a) != raw(b) ? raw(a) > raw(b) : a < b; });
  TopLabels labels;
  for (std::size_t i = 0; i < count; ++i) labels.push_back({order[i], answer.p[static_cast<std::size_t>(order[i])]});
  return labels;
}

std::string to_text(const TopAnswers& answers) {
  std::string text;
  add(text, "original", answers.original);
  add(text, "compressed", answers.compressed);
  add(text, "seed_original", answers.seed_original);
  add(text, "seed_compressed", answers.seed_compressed);
  return text + "}";
}

std::optional<TopAnswers> top_answers_of(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  try {
    return TopAnswers{labels_of(json.at("original")), labels_of(json.at("compressed")),
                      labels_of(json.at("seed_original")), labels_of(json.at("seed_compressed"))};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dflare
