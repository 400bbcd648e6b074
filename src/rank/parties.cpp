// The models of a comparison, asked natural images.
#include "rank/parties.h"

#include <algorithm>

#include "rank/heartbeat.h"

namespace dflare {

Parties::Parties(Model& original, std::span<Model* const> variants, const SeedSet& seeds,
                 const SearchSettings& settings, LiveProgress& live)
    : seeds_(seeds), settings_(settings), live_(live) {
  const int common = std::min(settings.original_label_offset, settings.compressed_label_offset);
  const auto party = [&live, common](const Model& model, int label_offset) {
    return Party{std::make_unique<WatchedModel>(model.clone(), live), {}, label_offset - common};
  };
  original_ = party(original, settings.original_label_offset);
  for (const Model* model : variants) variants_.push_back(party(*model, settings.compressed_label_offset));
}

AskOptions Parties::options() const {
  return {.workers = settings_.workers, .batch = settings_.batch, .stop = &live_.stop};
}

Answers Parties::ask(const Party& party, std::span<const NaturalImage> images) const {
  return ask_all(*party.model, party.reading, seeds_, images, options());
}

void Parties::read_variants(std::span<const NaturalImage> images) {
  for (Party& variant : variants_) read(variant, images);
}

Answers Parties::read(Party& party, std::span<const NaturalImage> images) const {
  Answers answers = ask_all(*party.model, {OutputKind::kLogits, 0, 0}, seeds_, images, options());
  if (live_.stop) return answers;
  party.reading = detect_reading(answers, party.model->info().output_scale);
  if (settings_.output == OutputOption::kLogits) party.reading.kind = OutputKind::kLogits;
  if (settings_.output == OutputOption::kProbabilities) party.reading.kind = OutputKind::kProbabilities;
  party.reading.skip_classes = party.skip_classes;
  answers.interpret(party.reading);
  return answers;
}

}  // namespace dflare
