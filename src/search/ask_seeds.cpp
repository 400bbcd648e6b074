// A batch at a time from a common list; an input that a model fails on is told from the others of its batch.
#include "search/ask_seeds.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "core/workers.h"
#include "dflare/error.h"
#include "search/first_reading.h"

namespace dflare {
namespace {

constexpr std::size_t kFewFailures = 10;  // at the start, with no answer between them: the model is at fault, no input

std::size_t row_of(SeedIndex seed) { return static_cast<std::size_t>(seed.value); }

// What an oracle says of an answer takes a few values, whatever the model gives.
std::span<float> make_room(Answers& answers, std::size_t seeds, const Model& model, const Oracle* oracle) {
  const std::span<float> raw =
      answers.prepare(seeds, oracle != nullptr ? ruled_classes(*oracle) : model.info().classes);
  std::ranges::fill(raw, 0.0F);
  return raw;
}

}  // namespace

SeedAsker::SeedAsker(const Pair& pair, RunContext& context, const PairFacts& facts, const SearchSettings& settings,
                     LiveProgress& live)
    : pair_(pair),
      context_(context),
      facts_(facts),
      settings_(settings),
      live_(live),
      original_(make_room(context.original, context.status.size(), *pair.original, context.oracle)),
      compressed_(make_room(context.compressed, context.status.size(), *pair.compressed, context.oracle)) {
  if (context.oracle != nullptr && context.oracle->sets() != nullptr) context.seed_sets.resize(context.status.size());
}

std::vector<InputView> SeedAsker::sample(std::span<const SeedIndex> seeds, std::size_t most) {
  PairInstance instance(pair_, live_.queries_under_way[0]);
  std::vector<InputView> sample;
  for (const SeedIndex seed : seeds) {
    const InputView input = context_.input(seed);
    if (known_.value < 0) {
      try {
        instance.ask_raw({&input, 1}, {&seed, 1});
        known_ = seed;
      } catch (const Error& e) {
        if (e.code() != ErrorCode::kModelFailed || failed_.size() + 1 >= kFewFailures) throw;
        note_failure(instance, seed, e);
        continue;
      }
    }
    sample.push_back(input);
    if (sample.size() == most) break;
  }
  if (sample.empty()) throw Error(ErrorCode::kModelFailed, failed_.front().why, "no input could be answered");
  return sample;
}

void SeedAsker::ask(std::span<const SeedIndex> seeds) {
  const std::vector<SeedIndex> left = answered(seeds);  // those that the sample has not found failing
  ask_in_batches(left, static_cast<std::size_t>(facts_.batch));
}

void SeedAsker::ask_in_batches(std::span<const SeedIndex> seeds, std::size_t batch) {
  std::atomic<std::size_t> next{0};
  live_.inputs_to_ask += std::ssize(seeds);
  const std::size_t batches = (seeds.size() + batch - 1) / batch;
  const std::size_t workers = std::clamp<std::size_t>(batches, 1, static_cast<std::size_t>(facts_.workers));
  run_workers(workers, [&](int worker, const std::atomic<bool>& failed) {
    PairInstance instance(pair_, live_.queries_under_way[worker]);
    instance.reserve(batch);
    while (!live_.stop && !failed) {
      const std::size_t first = next.fetch_add(batch);
      if (first >= seeds.size()) return;
      const std::span<const SeedIndex> rows = seeds.subspan(first, std::min(batch, seeds.size() - first));
      ask_rows(instance, rows);
      live_.inputs_asked += std::ssize(rows);
    }
  });
}

void SeedAsker::ask_rows(PairInstance& instance, std::span<const SeedIndex> rows) {
  std::vector<InputView> views;
  for (const SeedIndex seed : rows) views.push_back(context_.input(seed));
  try {
    instance.ask_raw(views, rows);
    keep(instance, rows);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kModelFailed) throw;
    for (const SeedIndex& seed : rows) ask_one(instance, seed);
  }
}

void SeedAsker::ask_one(PairInstance& instance, const SeedIndex& seed) {
  const InputView input = context_.input(seed);
  try {
    instance.ask_raw({&input, 1}, {&seed, 1});
    keep(instance, {&seed, 1});
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kModelFailed) throw;
    note_failure(instance, seed, e);
    const InputView known = context_.input(known_);
    instance.ask_raw({&known, 1}, {&known_, 1});  // throws where the model is broken altogether
  }
}

void SeedAsker::keep(const PairInstance& instance, std::span<const SeedIndex> rows) {
  Answers ruled_original;
  Answers ruled_compressed;
  const Answers* original = &instance.raw_original();
  const Answers* compressed = &instance.raw_compressed();
  if (context_.oracle != nullptr) {
    read_together(*context_.oracle, *original, *compressed, ruled_original, ruled_compressed);
    original = &ruled_original;
    compressed = &ruled_compressed;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto copy = [&](std::span<const float> row, std::span<float> to) {
      std::ranges::copy(row, to.subspan(row_of(rows[i]) * row.size()).begin());
    };
    copy(original->raw(i), original_);
    copy(compressed->raw(i), compressed_);
    if (!context_.seed_sets.empty())
      context_.oracle->sets()->read(instance.raw_original().raw(i), context_.seed_sets[row_of(rows[i])]);
  }
}

void SeedAsker::note_failure(const PairInstance& instance, SeedIndex seed, const Error& failure) {
  FailedInput input{.seed = seed,
                    .original = !instance.asked_compressed(),
                    .compressed = instance.asked_compressed(),
                    .why = failure.what()};
  encode_input(context_.input(seed), input.png);
  const std::lock_guard lock(lock_);
  failed_.push_back(std::move(input));
  if (std::ssize(failed_) < kMostFailedInputs) return;
  throw Error(
      ErrorCode::kModelFailed,
      "the models failed on " + std::to_string(kMostFailedInputs) + " inputs, the last time with: " + failure.what(),
      "look at " + context_.seeds->seeds[row_of(seed)].source);
}

void SeedAsker::ask_alone_where_they_differ(std::span<const SeedIndex> seeds) {
  if (facts_.batch == 1) return;
  std::vector<SeedIndex> differ;
  FirstReading reading(context_, facts_, settings_);
  for (const SeedIndex seed : answered(seeds)) {
    const auto [f, g] = reading.of(seed);
    if (f.label >= 0 && g.label >= 0 && f.label != g.label) differ.push_back(seed);
  }
  ask_in_batches(differ, 1);
}

std::vector<FailedInput> SeedAsker::failed() {
  std::ranges::sort(failed_, {}, &FailedInput::seed);
  return failed_;
}

std::vector<SeedIndex> SeedAsker::answered(std::span<const SeedIndex> seeds) const {
  std::vector<SeedIndex> answered;
  std::ranges::copy_if(seeds, std::back_inserter(answered), [this](SeedIndex seed) {
    return std::ranges::find(failed_, seed, &FailedInput::seed) == failed_.end();
  });
  return answered;
}

}  // namespace dflare
