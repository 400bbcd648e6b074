// Labels, ties and truths of the seeds.
#include "search/sort_seeds.h"

#include <algorithm>

#include "search/first_reading.h"

namespace dflare {
namespace {

std::size_t row_of(SeedIndex seed) { return static_cast<std::size_t>(seed.value); }

OutputReading reading_of(const Answers& all, const Model& model, const SearchSettings& settings, int skip_classes,
                         std::span<const SeedIndex> asked) {
  Answers rows;
  const std::span<float> raw = rows.prepare(asked.size(), model.info().classes);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::span<const float> row = all.raw(row_of(asked[i]));
    std::ranges::copy(row, raw.subspan(i * row.size()).begin());
  }
  OutputReading r = detect_reading(rows, model.info().output_scale, settings.output);
  r.skip_classes = skip_classes;
  if (settings.oracle.binary) r.threshold = settings.oracle.threshold;
  return r;
}

}  // namespace

void read_outputs(const Pair& pair, const SearchSettings& settings, std::span<const SeedIndex> asked,
                  RunContext& context, PairFacts& facts) {
  const bool labels = context.oracle == nullptr;
  const auto reading = [&](const Answers& all, const Model& model, const OutputReading& known) {
    return labels ? reading_of(all, model, settings, known.skip_classes, asked) : OutputReading{OutputKind::kLogits};
  };
  facts.original = reading(context.original, *pair.original, facts.original);
  facts.compressed = reading(context.compressed, *pair.compressed, facts.compressed);
  context.original_reading = facts.original;
  context.compressed_reading = facts.compressed;
  context.original.interpret(facts.original);
  context.compressed.interpret(facts.compressed);
  context.classes = context.original.classes();
}

int SeedSorter::true_label(SeedIndex seed) const {
  const int label = settings_.oracle.labels() ? seeds_.seeds[row_of(seed)].label : -1;
  return label < 0 ? -1 : label + std::min(settings_.original_label_offset, settings_.compressed_label_offset);
}

bool SeedSorter::only_correct() const {
  return settings_.seed_filter == SeedFilter::kCorrect ||
         (settings_.seed_filter == SeedFilter::kAuto && seeds_.labelled && settings_.oracle.labels());
}

SeedStatus SeedSorter::status_of(SeedIndex seed, const AnswerView& f, const AnswerView& g) const {
  if (!f.finite || !g.finite) return SeedStatus::kNotFinite;
  const bool tie = settings_.acceptance.ties == TiePolicy::kSkip && (f.tie || g.tie);
  if (tie) return SeedStatus::kTied;
  if (f.label != g.label) return SeedStatus::kNatural;
  if (only_correct()) {
    if (true_label(seed) < 0) return SeedStatus::kUnlabelled;
    if (true_label(seed) != f.label) return SeedStatus::kWrong;
  }
  return SeedStatus::kUsable;
}

std::int64_t SeedSorter::count_usable(std::span<const SeedIndex> asked, const RunContext& context,
                                      const PairFacts& facts) const {
  FirstReading reading(context, facts, settings_);
  return std::ranges::count_if(asked, [&](SeedIndex seed) {
    const auto [f, g] = reading.of(seed);
    return status_of(seed, f, g) == SeedStatus::kUsable;
  });
}

void SeedSorter::sort(std::span<const SeedIndex> asked, RunContext& context) const {
  for (const SeedIndex seed : asked) {
    if (settings_.max_seeds > 0 && std::ssize(context.usable) == settings_.max_seeds) return;
    SeedStatus& status = context.status[row_of(seed)];
    status = status_of(seed, context.original[row_of(seed)], context.compressed[row_of(seed)]);
    if (status == SeedStatus::kUsable) context.usable.push_back(seed);
  }
}

void SeedSorter::measure(std::span<const SeedIndex> asked, const RunContext& context, PairFacts& facts) const {
  std::int64_t labelled = 0;
  std::int64_t right_f = 0;
  std::int64_t right_g = 0;
  std::int64_t agree = 0;
  PairCounter counter;
  for (const SeedIndex seed : asked) {
    counter.add(context.original[row_of(seed)], context.compressed[row_of(seed)], true_label(seed));
    const int f = context.original[row_of(seed)].label;
    const int g = context.compressed[row_of(seed)].label;
    agree += f >= 0 && f == g ? 1 : 0;
    const int truth = true_label(seed);
    if (truth < 0) continue;
    ++labelled;
    right_f += f == truth ? 1 : 0;
    right_g += g == truth ? 1 : 0;
  }
  facts.figures = counter.figures();
  const auto share = [](std::int64_t a, std::int64_t b) {
    return b == 0 ? -1.0 : static_cast<double>(a) / static_cast<double>(b);
  };
  facts.agreement = share(agree, std::ssize(asked));
  facts.accuracy_original = share(right_f, labelled);
  facts.accuracy_compressed = share(right_g, labelled);
}

}  // namespace dflare
