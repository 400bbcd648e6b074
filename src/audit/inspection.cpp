// What models take and give, and how well they do with the inputs at hand.
#include "dflare/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "audit/testimony.h"
#include "core/shape_text.h"
#include "dflare/error.h"
#include "dflare/natural.h"
#include "dflare/searched.h"

namespace dflare {
namespace {

constexpr int kRowsAQuery = 64;

std::vector<SeedIndex> readable(const SeedSet& seeds) {
  std::vector<SeedIndex> inputs = readable_inputs(seeds);
  if (inputs.empty()) {
    throw Error(ErrorCode::kNoUsableSeed, fmt::format("none of the inputs in {} can be read", seeds.path.string()),
                seeds.seeds.empty() ? "" : fmt::format("{}: {}", seeds.seeds[0].source, seeds.seeds[0].problem));
  }
  return inputs;
}

InspectedAnswers inspected(const Witness& witness, const std::vector<int>& truth) {
  InspectedAnswers inspected{.reading = witness.reading};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const AnswerView answer = (*witness.answers)[i];
    inspected.ties += answer.tie ? 1 : 0;
    if (truth[i] < 0) continue;
    ++inspected.right.whole;
    inspected.right.part += answer.label == truth[i] + witness.label_shift ? 1 : 0;
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

namespace {

// The share of the inputs on which two models do not differ by an oracle; an answer that is not finite differs from
// one that is.
double share_within(const Oracle& oracle, const Answers& original, const Answers& compressed) {
  Answers f;
  Answers g;
  read_together(oracle, original, compressed, f, g);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < f.rows(); ++i) equal += f[i].label == g[i].label ? 1U : 0U;
  return static_cast<double>(equal) / static_cast<double>(f.rows());
}

Inspection inspect_by(const Oracle& oracle, std::span<const DeclaredModel> models, const SeedSet& seeds) {
  Inspection inspection = inspect_models(models);
  const std::vector<SeedIndex> inputs = readable(seeds);
  const std::vector<NaturalImage> images = clean_images(inputs);
  inspection.inputs = inputs.size();
  std::vector<Answers> answers;
  for (std::size_t m = 0; m < models.size(); ++m) {
    answers.push_back(ask_itself(*models[m].model, {OutputKind::kLogits}, seeds, images, kRowsAQuery));
    inspection.models[m].info = models[m].model->info();
  }
  inspection.oracle = oracle.spec();
  if (models.size() != 2) return inspection;
  const auto fitted = fit(oracle, models[0].model->info().parts, models[1].model->info().parts);
  inspection.agreement = share_within(*fitted, answers[0], answers[1]);
  return inspection;
}

}  // namespace

Inspection inspect_models(std::span<const DeclaredModel> models, const SeedSet& seeds, const OracleChoice& by) {
  if (!by.labels()) return inspect_by(*by.oracle, models, seeds);
  const std::vector<SeedIndex> inputs = readable(seeds);
  const std::vector<NaturalImage> images = clean_images(inputs);
  Inspection inspection{.inputs = inputs.size()};
  Testimony testimony(seeds, inputs, by.binary ? std::optional(by.threshold) : std::nullopt);
  for (const DeclaredModel& model : models) {
    testimony.add(model, ask_itself(*model.model, {OutputKind::kLogits, 0, 0}, seeds, images, kRowsAQuery));
    const Witness& witness = testimony.witnesses().back();
    inspection.models.push_back({*witness.info, inspected(witness, testimony.truth())});
  }
  const std::vector<Witness>& witnesses = testimony.witnesses();
  if (witnesses.size() == 2) inspection.agreement = share_equal(witnesses[0], witnesses[1]);
  inspection.notes = in_words(testimony.doubts());
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
