// One row of each model at a time.
#include "search/first_reading.h"

#include <algorithm>

namespace dflare {
namespace {

OutputKind kind_of(const Answers& all, const SearchSettings& settings) {
  if (settings.output || !settings.oracle.binary) return settings.output.value_or(OutputKind::kLogits);
  return detect_reading(all).kind;
}

OutputReading reading_of(const Answers& all, int skip_classes, const SearchSettings& settings) {
  OutputReading reading{kind_of(all, settings), 0, skip_classes};
  if (settings.oracle.binary) reading.threshold = settings.oracle.threshold;
  return reading;
}

void copy_row(const Answers& all, SeedIndex seed, Answers& one) {
  const std::span<const float> raw = all.raw(static_cast<std::size_t>(seed.value));
  std::ranges::copy(raw, one.prepare(1, raw.size()).begin());
}

}  // namespace

FirstReading::FirstReading(const RunContext& context, const PairFacts& facts, const SearchSettings& settings)
    : context_(context),
      original_reading_(reading_of(context.original, facts.original.skip_classes, settings)),
      compressed_reading_(reading_of(context.compressed, facts.compressed.skip_classes, settings)) {}

FirstReading::Two FirstReading::of(SeedIndex seed) {
  copy_row(context_.original, seed, original_);
  copy_row(context_.compressed, seed, compressed_);
  original_.interpret(original_reading_);
  compressed_.interpret(compressed_reading_);
  return {original_[0], compressed_[0]};
}

}  // namespace dflare
