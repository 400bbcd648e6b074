// What a pair's answers count up to, as JSON.
#include "core/pair_figures_json.h"

namespace dflare {
namespace {

constexpr std::pair<const char*, std::int64_t PairFigures::*> kCounts[] = {
    {"asked", &PairFigures::asked},
    {"agree", &PairFigures::agree},
    {"identical", &PairFigures::identical},
    {"tied", &PairFigures::tied},
    {"not_finite_original", &PairFigures::not_finite_original},
    {"not_finite_compressed", &PairFigures::not_finite_compressed},
    {"one_label_original", &PairFigures::one_label_original},
    {"one_label_compressed", &PairFigures::one_label_compressed},
    {"classes", &PairFigures::classes},
    {"labelled", &PairFigures::labelled},
    {"right_original", &PairFigures::right_original},
    {"right_compressed", &PairFigures::right_compressed}};

}  // namespace

nlohmann::ordered_json json_of(const PairFigures& figures) {
  nlohmann::ordered_json json;
  for (const auto& [name, count] : kCounts) json[name] = figures.*count;
  return json;
}

PairFigures pair_figures_of(const nlohmann::ordered_json& json) {
  PairFigures figures;
  for (const auto& [name, count] : kCounts) figures.*count = json.value(name, std::int64_t{0});
  return figures;
}

}  // namespace dflare
