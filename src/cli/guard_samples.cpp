// What a guard is learnt from and measured on: two sets of inputs that share none.
#include "cli/guard_samples.h"
#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/settings.h"
#include "core/hash.h"
#include "dflare/corruptions.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

constexpr std::size_t kEnoughUnsearched = 100;
constexpr std::size_t kLeastInputs = 20;         // to split in two
constexpr std::int64_t kWantedDeviations = 200;  // in either half
constexpr int kMostRounds = 16;
constexpr std::size_t kImagesARound = 13000;
constexpr std::size_t kValuesARound = 4'000'000;  // images x classes: answers are kept in memory

// Inputs to learn from and to measure on.
struct Split {
  const SeedSet* held_out_set = nullptr;
  std::vector<SeedIndex> learn, held_out;
  std::string from;
};

// Those of the given inputs that the run has not: a guard is not measured on what it was learnt from.
std::vector<SeedIndex> unknown_to(const PastRun& run, const SeedSet& given) {
  std::set<std::string> known;
  for (const auto& seed : run.seed_record) known.insert(seed.at("sha256").get<std::string>());
  std::vector<SeedIndex> inputs = readable_inputs(given);
  std::erase_if(inputs, [&](SeedIndex input) {
    return known.contains(sha256(given.seeds[static_cast<std::size_t>(input.value)].input.pixels));
  });
  if (!inputs.empty()) return inputs;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: holds no input that can be read and that the run has not seen", given.path.string()),
              "leave --held-out away: half of the run's own inputs are then kept apart");
}

// The second, fourth, ... are held out.
void deal(const std::vector<SeedIndex>& inputs, Split& split) {
  for (std::size_t i = 0; i < inputs.size(); ++i) (i % 2 == 0 ? split.learn : split.held_out).push_back(inputs[i]);
}

Split split_inputs(const PastRun& run, const SeedSet& given) {
  const std::vector<SeedIndex> readable = readable_inputs(run.seeds);
  if (!run.options.held_out.empty()) {
    return {&given, readable, unknown_to(run, given), run.options.held_out};
  }
  if (readable.size() < kLeastInputs) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("the run has {} inputs, too few to learn from one half and measure on the other", readable.size()),
        "give inputs to measure on by --held-out SEEDS");
  }
  Split split{&run.seeds, {}, {}, {}};
  std::vector<SeedIndex> unsearched;
  for (const SeedIndex input : readable) {
    if (!was_searched(run, input)) unsearched.push_back(input);
  }
  if (unsearched.size() < kEnoughUnsearched) {
    split.from = "every other input of the run; findings from them are not used";
    deal(readable, split);
    return split;
  }
  split.from = "every other input of the run that it did not search from";
  for (const SeedIndex input : readable) {
    if (was_searched(run, input)) split.learn.push_back(input);
  }
  deal(unsearched, split);
  std::sort(split.learn.begin(), split.learn.end());
  return split;
}

// Images of one set of inputs and what both models say of them, round after round.
class Half {
 public:
  Half(const PastRun& run, const SeedSet& seeds, const std::vector<SeedIndex>& inputs, const AskOptions& ask)
      : run_(run), seeds_(seeds), inputs_(inputs), ask_(ask) {
    add(clean_images(inputs));
  }

  void add_round(int per_input, int round) {
    const auto rng_seed =
        static_cast<std::uint64_t>(run_.options.guard_rng_seed) + (static_cast<std::uint64_t>(round) << 32U);
    add(corrupted_images(inputs_, per_input, rng_seed));
  }
  [[nodiscard]] std::int64_t deviations() const { return deviations_; }

  [[nodiscard]] GuardSample sample() const {
    GuardSample sample;
    for (const NaturalImage& image : images_) {
      sample.input.push_back(image.seed);
      sample.corrupted.push_back(image.corruption < 0 ? 0 : 1);
    }
    join(original_, run_.original, sample.original);
    join(compressed_, run_.compressed, sample.compressed);
    return sample;
  }

 private:
  void add(const std::vector<NaturalImage>& images) {
    original_.push_back(ask_all(*run_.pair.original, run_.original, seeds_, images, ask_));
    compressed_.push_back(ask_all(*run_.pair.compressed, run_.compressed, seeds_, images, ask_));
    images_.insert(images_.end(), images.begin(), images.end());
    for (std::size_t i = 0; i < images.size(); ++i) {
      deviations_ += original_.back()[i].label != compressed_.back()[i].label ? 1 : 0;
    }
  }

  // Raw answers have lost the outputs that are skipped already.
  static void join(const std::vector<Answers>& parts, OutputReading reading, Answers& whole) {
    std::size_t rows = 0;
    for (const Answers& part : parts) rows += part.rows();
    auto room = whole.prepare(rows, parts.front().classes());
    for (const Answers& part : parts) {
      for (std::size_t i = 0; i < part.rows(); ++i) {
        std::copy_n(part.raw(i).begin(), part.classes(), room.begin());
        room = room.subspan(part.classes());
      }
    }
    reading.skip_classes = 0;
    whole.interpret(reading);
  }

  const PastRun& run_;
  const SeedSet& seeds_;
  const std::vector<SeedIndex>& inputs_;
  const AskOptions& ask_;
  std::vector<NaturalImage> images_;
  std::vector<Answers> original_, compressed_;
  std::int64_t deviations_ = 0;
};

// Rounds of corrupted images until both halves have met enough deviations. Returns the images an input.
int add_corrupted(Half& learn, Half& held_out, std::size_t inputs, std::size_t classes, const PastRun& run,
                  const AskOptions& ask) {
  const auto kinds = static_cast<std::size_t>(corruptions().size());
  const std::size_t images = std::min(kImagesARound, kValuesARound / classes);
  const auto usual = static_cast<int>(std::clamp<std::size_t>(images / inputs, 1, kinds));
  const bool fixed = run.options.guard_corrupted > 0;
  const int per_round = fixed ? static_cast<int>(run.options.guard_corrupted) : usual;
  int rounds = 0;
  do {
    learn.add_round(per_round, rounds);
    held_out.add_round(per_round, rounds);
    ++rounds;
    if (ask.stop != nullptr && *ask.stop) break;
  } while (!fixed && rounds < kMostRounds && std::min(learn.deviations(), held_out.deviations()) < kWantedDeviations);
  return rounds * per_round;
}

Answers ask_findings(const PastRun& run, const std::vector<SeedIndex>& learn, const AskOptions& ask) {
  const std::set<SeedIndex> allowed(learn.begin(), learn.end());
  SeedSet images;
  run.store->for_each_finding(/*with_png=*/true, [&](const Finding& finding) {
    if (finding.flaky || finding.kind == FindingKind::kNatural || !allowed.contains(finding.seed)) return;
    images.seeds.push_back({.input = decode_image(finding.png, png_name(finding))});
  });
  const std::vector<SeedIndex> all = readable_inputs(images);
  if (all.empty()) return {};
  return ask_all(*run.pair.compressed, run.compressed, images, clean_images(all), ask);
}

}  // namespace

GuardSamples gather(const PastRun& run, const AskOptions& ask) {
  SeedSet given;
  if (!run.options.held_out.empty()) {
    SeedOptions options = seed_options(run.options, run.pair.original->info());
    options.labels.clear();
    given = load_seeds(run.options.held_out, options);
    print_notes(run.options, given);
  }
  const Split split = split_inputs(run, given);
  Half learn(run, run.seeds, split.learn, ask);
  Half held_out(run, *split.held_out_set, split.held_out, ask);
  GuardSamples samples;
  samples.corrupted_per_input = add_corrupted(learn, held_out, split.learn.size() + split.held_out.size(),
                                              run.pair.compressed->info().classes, run, ask);
  samples.findings = ask_findings(run, split.learn, ask);
  samples.learn = learn.sample();
  samples.held_out = held_out.sample();
  samples.learn_inputs = split.learn.size();
  samples.held_out_inputs = split.held_out.size();
  samples.held_out_from = split.from;
  return samples;
}

}  // namespace dflare::cli
