// The models of a comparison, asked natural images.
#include "rank/parties.h"

#include <algorithm>

namespace dflare {
namespace {

constexpr std::size_t kRowsThatTell = 2000;  // of each model: how outputs are read is known from so many

}  // namespace

Parties::Parties(Model& original, std::span<Model* const> variants, const SeedSet& seeds,
                 const SearchSettings& settings, LiveProgress& live)
    : seeds_(seeds), settings_(settings), live_(live) {
  const int common = std::min(settings.original_label_offset, settings.compressed_label_offset);
  const AskOptions options{
      .workers = settings.workers, .batch = settings.batch, .stop = &live.stop, .query_started = live.query_started};
  parties_.reserve(variants.size() + 1);
  parties_.push_back({Asker(original, options), settings.original_label_offset - common, {}, {}});
  for (const Model* model : variants) {
    parties_.push_back({Asker(*model, options), settings.compressed_label_offset - common, {}, {}});
    if (const auto& oracle = settings.oracle.oracle; oracle != nullptr)
      oracles_.push_back(fit(*oracle, original.info().parts, model->info().parts));
  }
}

Parties::Ruled Parties::rule(std::size_t v, const Answers& original, const Answers& variant) const {
  const auto labels_of = [](const Answers& answers) {
    std::vector<int> list;
    for (std::size_t row = 0; row < answers.rows(); ++row) list.push_back(answers[row].label);
    return list;
  };
  if (labels()) return {labels_of(original), labels_of(variant)};
  Answers f;
  Answers g;
  read_together(*oracles_[v], original, variant, f, g);
  return {labels_of(f), labels_of(g)};
}

Answers Parties::look(Party& party, std::span<const NaturalImage> images) {
  Answers answers = party.asker.ask({OutputKind::kLogits, 0, 0}, seeds_, images);
  if (live_.stop) return answers;
  for (std::size_t i = 0; i < answers.rows() && party.seen.size() < kRowsThatTell * answers.classes(); ++i) {
    party.seen.insert(party.seen.end(), answers.raw(i).begin(), answers.raw(i).end());
  }
  OutputReading reading{OutputKind::kLogits, 0, party.skip_classes};
  if (settings_.oracle.binary) reading = reading_of(party);
  answers.interpret(reading);
  return answers;
}

// As what was seen of it says.
OutputReading Parties::reading_of(const Party& party) const {
  const ModelInfo& info = party.asker.model().info();
  Answers seen;
  std::ranges::copy(party.seen, seen.prepare(party.seen.size() / info.classes, info.classes).begin());
  OutputReading reading = detect_reading(seen, info.output_scale, settings_.output);
  reading.skip_classes = party.skip_classes;
  if (settings_.oracle.binary) reading.threshold = settings_.oracle.threshold;
  return reading;
}

void Parties::settle_readings() {
  for (Party& party : parties_) {
    party.reading = labels() ? reading_of(party) : OutputReading{OutputKind::kLogits};
    party.seen = {};
  }
}

}  // namespace dflare
