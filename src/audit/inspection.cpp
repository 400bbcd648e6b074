// What models take and give, and how well they do with the inputs at hand.
#include "dflare/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/shape_text.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kRowsAQuery = 64;

std::vector<const Seed*> readable(const SeedSet& seeds) {
  std::vector<const Seed*> list;
  for (const Seed& seed : seeds.seeds) {
    if (seed.problem.empty()) list.push_back(&seed);
  }
  if (list.empty()) {
    throw Error(ErrorCode::kNoUsableSeed, fmt::format("none of the inputs in {} can be read", seeds.path.string()),
                seeds.seeds.empty() ? "" : fmt::format("{}: {}", seeds.seeds[0].source, seeds.seeds[0].problem));
  }
  return list;
}

// Raw outputs, row i to seeds[i].
Answers ask(Model& model, const std::vector<const Seed*>& seeds) {
  const std::size_t classes = model.info().classes;
  Answers all;
  const std::span<float> raw = all.prepare(seeds.size(), classes);
  Answers some;
  for (std::size_t first = 0; first < seeds.size(); first += kRowsAQuery) {
    std::vector<InputView> views;
    for (std::size_t i = first; i < std::min(first + kRowsAQuery, seeds.size()); ++i) {
      views.push_back(seeds[i]->input.view());
    }
    model.query(views, some);
    for (std::size_t i = 0; i < views.size(); ++i) {
      std::copy_n(some.raw(i).begin(), classes, raw.begin() + static_cast<std::ptrdiff_t>((first + i) * classes));
    }
  }
  return all;
}

InspectedAnswers inspected(const Answers& answers, const OutputReading& reading, const std::vector<const Seed*>& seeds,
                           int label_offset) {
  InspectedAnswers inspected{.reading = reading};
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    inspected.ties += answers[i].tie ? 1 : 0;
    if (seeds[i]->label < 0) continue;
    ++inspected.right.whole;
    inspected.right.part += answers[i].label == seeds[i]->label + label_offset ? 1 : 0;
  }
  return inspected;
}

// The share of the inputs on which two models give the same class, whatever outputs stand before the first.
double share_equal(const Witness& a, const Witness& b) {
  const std::size_t rows = a.answers->rows();
  std::size_t equal = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    equal += (*a.answers)[i].label - a.label_shift == (*b.answers)[i].label - b.label_shift ? 1U : 0U;
  }
  return static_cast<double>(equal) / static_cast<double>(rows);
}

std::vector<Doubt> doubts_of(const std::vector<Witness>& witnesses, const std::vector<const Seed*>& seeds) {
  std::vector<std::size_t> rows;
  std::vector<int> truth;
  for (const Seed* seed : seeds) {
    rows.push_back(rows.size());
    truth.push_back(seed->label);
  }
  return find_doubts(witnesses, rows, truth);
}

}  // namespace

Inspection inspect_models(std::span<const DeclaredModel> models) {
  Inspection inspection;
  std::vector<Doubt> doubts;
  for (const auto& [model, declared] : models) {
    inspection.models.push_back({model->info(), std::nullopt});
    std::ranges::move(doubt_of_levels(model->info(), declared.preprocess_option), std::back_inserter(doubts));
  }
  inspection.notes = in_words(doubts);
  return inspection;
}

Inspection inspect_models(std::span<const DeclaredModel> models, const SeedSet& set) {
  const std::vector<const Seed*> seeds = readable(set);
  Inspection inspection{.inputs = seeds.size()};
  std::vector<Answers> answers(models.size());
  std::vector<Witness> witnesses;
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto& [model, declared] = models[m];
    answers[m] = ask(*model, seeds);
    const OutputReading reading = detect_reading(answers[m], model->info().output_scale, declared.output);
    answers[m].interpret(reading);
    inspection.models.push_back({model->info(), inspected(answers[m], reading, seeds, declared.label_offset)});
    witnesses.push_back({&model->info(), &answers[m], reading, declared, declared.label_offset});
  }
  if (witnesses.size() == 2) inspection.agreement = share_equal(witnesses[0], witnesses[1]);
  inspection.notes = in_words(doubts_of(witnesses, seeds));
  return inspection;
}

void check_equal_shapes(std::span<const DeclaredModel> models) {
  for (const auto& [model, declared] : models) {
    const ModelInfo& first = models.front().model->info();
    if (model->info().shape == first.shape) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} takes images of {}, {} of {}: they cannot be asked the same inputs", first.path,
                            to_text(first.shape), model->info().path, to_text(model->info().shape)),
                "inspect them one by one");
  }
}

}  // namespace dflare
