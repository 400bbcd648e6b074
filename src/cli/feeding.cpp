// How the models of a comparison are fed: refused where they cannot see, doubted aloud where it looks wrong.
#include "cli/feeding.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/natural.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kMostAsked = 64;

}  // namespace

Witness witness_of(const Options& options, const ModelInfo& info, Side side) {
  Witness witness;
  witness.info = &info;
  witness.preprocess_declared = preprocess_declared(options, side);
  witness.said_probabilities = options.output == "probs";
  witness.label_offset = label_offset(options, side);
  if (side == Side::kOriginal) {
    witness.preprocess_option = "--original-preprocess";
    witness.label_option = "--original-label-offset";
  } else if (side == Side::kCompressed) {
    witness.preprocess_option = "--compressed-preprocess";
    witness.label_option = "--compressed-label-offset";
  }
  return witness;
}

OutputReading detected_reading(const Answers& answers, const ModelInfo& info, const Options& options) {
  OutputReading reading = detect_reading(answers, info.output_scale);
  if (options.output == "logits") reading.kind = OutputKind::kLogits;
  if (options.output == "probs") reading.kind = OutputKind::kProbabilities;
  return reading;
}

void check_levels(const Options& options, const ModelInfo& info, Side side) {
  if (preprocess_declared(options, side)) return;
  const Witness witness = witness_of(options, info, side);
  const std::vector<Doubt> doubts = doubt_of_levels(info, witness.preprocess_option);
  if (!doubts.empty()) throw Error(ErrorCode::kBadInput, doubts.front().what, doubts.front().hint);
}

std::vector<Doubt> doubts_of(const Options& options, const Pair& pair, const SeedSet& seeds, const Search& search) {
  const RunContext& context = search.context();
  const int common = std::min(label_offset(options, Side::kOriginal), label_offset(options, Side::kCompressed));
  std::vector<std::size_t> rows;
  std::vector<int> truth;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (context.status[i] == SeedStatus::kUnreadable || context.status[i] == SeedStatus::kNotAsked) continue;
    rows.push_back(i);
    truth.push_back(seeds.seeds[i].label);
  }
  Witness original = witness_of(options, pair.original->info(), Side::kOriginal);
  original.answers = &context.original;
  original.reading = context.original_reading;
  Witness compressed = witness_of(options, pair.compressed->info(), Side::kCompressed);
  compressed.answers = &context.compressed;
  compressed.reading = context.compressed_reading;
  original.label_shift = compressed.label_shift = common;
  const Witness both[] = {original, compressed};
  return find_doubts(both, rows, truth);
}

std::vector<Doubt> ask_for_doubts(const Options& options, const Model& original,
                                  const std::vector<std::unique_ptr<Model>>& variants, const SeedSet& seeds,
                                  const std::atomic<bool>& stop) {
  std::vector<SeedIndex> asked;
  std::vector<int> truth;
  for (std::size_t i = 0; i < seeds.seeds.size() && asked.size() < kMostAsked; ++i) {
    if (!seeds.seeds[i].problem.empty()) continue;
    asked.emplace_back(static_cast<std::int32_t>(i));
    truth.push_back(seeds.seeds[i].label);
  }
  std::vector<std::size_t> rows(asked.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::vector<const Model*> models{&original};
  for (const auto& variant : variants) models.push_back(variant.get());
  std::vector<Answers> answers(models.size());
  std::vector<Witness> witnesses;
  const AskOptions ask{.workers = to_int(options.workers, "workers"), .batch = 32, .stop = &stop, .asked = nullptr};
  for (std::size_t m = 0; m < models.size(); ++m) {
    answers[m] = ask_all(*models[m], {OutputKind::kLogits, 0, 0}, seeds, clean_images(asked), ask);
    if (stop) return {};
    Witness witness = witness_of(options, models[m]->info(), m == 0 ? Side::kOriginal : Side::kCompressed);
    witness.reading = detected_reading(answers[m], *witness.info, options);
    answers[m].interpret(witness.reading);
    witness.answers = &answers[m];
    witness.label_shift = witness.label_offset;
    witnesses.push_back(std::move(witness));
  }
  return find_doubts(witnesses, rows, truth);
}

std::vector<std::string> in_words(const std::vector<Doubt>& doubts) {
  std::vector<std::string> words;
  for (const Doubt& doubt : doubts) words.push_back(doubt.hint.empty() ? doubt.what : doubt.what + "; " + doubt.hint);
  return words;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) say(stderr, "{} {}\n", styled(stderr, Style::kYellow, "note:"), note);
}

}  // namespace dflare::cli
