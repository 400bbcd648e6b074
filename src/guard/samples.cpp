// What a guard is learnt from and measured on: two sets of inputs that share none.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <vector>

#include "core/pacer.h"
#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/guard_samples.h"

namespace dflare {
namespace {

constexpr std::size_t kEnoughUnsearched = 100;
constexpr std::size_t kLeastInputs = 20;         // to split in two
constexpr std::int64_t kWantedDeviations = 200;  // in either half
constexpr int kMostRounds = 16;
constexpr std::size_t kImagesARound = 13000;
constexpr std::size_t kValuesARound = 4'000'000;  // images x classes: answers are kept in memory
constexpr std::size_t kFirstPiece = 32;           // images

// Inputs to learn from and to measure on.
struct Split {
  const SeedSet* held_out_set = nullptr;
  std::vector<SeedIndex> learn, held_out;
  std::string from;
};

// The second, fourth, ... are held out.
void deal(const std::vector<SeedIndex>& inputs, Split& split) {
  for (std::size_t i = 0; i < inputs.size(); ++i) (i % 2 == 0 ? split.learn : split.held_out).push_back(inputs[i]);
}

Split split_inputs(const Searched& searched, const SeedSet* given) {
  const std::vector<SeedIndex> readable = readable_inputs(*searched.inputs);
  if (given != nullptr) return {given, readable, unknown_inputs(*given, *searched.inputs), given->path.string()};
  if (readable.size() < kLeastInputs) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("the run has {} inputs, too few to learn from one half and measure on the other", readable.size()),
        "give inputs to measure on by --held-out SEEDS");
  }
  const auto was_searched = [&](SeedIndex input) {
    return searched.planned[static_cast<std::size_t>(input.value)] != 0;
  };
  Split split{searched.inputs, {}, {}, {}};
  std::vector<SeedIndex> unsearched;
  std::ranges::remove_copy_if(readable, std::back_inserter(unsearched), was_searched);
  if (unsearched.size() < kEnoughUnsearched) {
    split.from = "every other input of the run; findings from them are not used";
    deal(readable, split);
    return split;
  }
  split.from = "every other input of the run that it did not search from";
  std::ranges::copy_if(readable, std::back_inserter(split.learn), was_searched);
  deal(unsearched, split);
  std::sort(split.learn.begin(), split.learn.end());
  return split;
}

// Images of one set of inputs and what both models say of them, round after round.
class Half {
 public:
  Half(const Searched& searched, const SeedSet& seeds, const std::vector<SeedIndex>& inputs)
      : searched_(searched), seeds_(seeds), inputs_(inputs) {}

  void begin_clean() { rounds_.emplace_back(seeds_, clean_images(inputs_)); }
  void begin_corrupted(int per_input, std::uint64_t rng_seed) {
    rounds_.emplace_back(seeds_, corrupted_images(inputs_, per_input, rng_seed, seeds_.form.get()));
  }
  [[nodiscard]] ImageRound& round() { return rounds_.back(); }

  [[nodiscard]] GuardSample sample() const {
    GuardSample sample;
    PairRows rows;
    for (const ImageRound& round : rounds_) {
      const ImageRound::Part part = round.part();
      for (std::size_t i = 0; i < part.images.size(); ++i) {
        sample.input.push_back(part.images[i].seed);
        sample.corrupted.push_back(part.images[i].corruption < 0 ? 0 : 1);
        rows.add(part.rows, i);
      }
    }
    sample.original = rows.original(searched_.original_reading);
    sample.compressed = rows.compressed(searched_.compressed_reading);
    return sample;
  }

  // So far.
  [[nodiscard]] std::int64_t deviations() const {
    std::int64_t count = 0;
    for (const ImageRound& round : rounds_) {
      const ImageRound::Part part = round.part();
      const Answers original = part.rows.original(searched_.original_reading);
      const Answers compressed = part.rows.compressed(searched_.compressed_reading);
      for (std::size_t i = 0; i < part.rows.size(); ++i) {
        count += original[i].label != compressed[i].label ? 1 : 0;
      }
    }
    return count;
  }

 private:
  const Searched& searched_;
  const SeedSet& seeds_;
  const std::vector<SeedIndex>& inputs_;
  std::deque<ImageRound> rounds_;
};

class Gathering {
 public:
  Gathering(const Searched& searched, const SeedSet* given, const GuardSampling& settings, const AskOptions& options,
            const Tell& tell)
      : searched_(searched),
        settings_(settings),
        options_(options),
        tell_(tell),
        split_(split_inputs(searched, given)),
        asker_(searched, options),
        halves_{Half(searched, *searched.inputs, split_.learn), Half(searched, *split_.held_out_set, split_.held_out)} {
  }

  // What is cheap first: inputs as they are, findings, then rounds of corrupted images until both halves have met
  // enough deviations.
  GuardSamples run() {
    for (Half& half : halves_) half.begin_clean();
    ask_round("asking both models inputs as they are");
    if (!asker_.stopped()) ask_findings();
    if (!asker_.stopped()) ask_corrupted();
    samples_.complete = !asker_.stopped();
    samples_.learn = halves_[0].sample();
    samples_.held_out = halves_[1].sample();
    samples_.learn_inputs = split_.learn.size();
    samples_.held_out_inputs = split_.held_out.size();
    samples_.held_out_from = split_.from;
    return std::move(samples_);
  }

 private:
  // Both halves in turns, so that there is as much of either whenever it ends.
  void ask_round(const std::string& step) {
    Pacer pacer(kFirstPiece);
    const Elapsed elapsed;
    const std::size_t all = halves_[0].round().size() + halves_[1].round().size();
    while (!asker_.stopped()) {
      const std::size_t done = halves_[0].round().asked() + halves_[1].round().asked();
      if (tell_) {
        const double left =
            done == 0 ? -1 : elapsed.seconds() / static_cast<double>(done) * static_cast<double>(all - done);
        tell_({.step = step,
               .done = static_cast<std::int64_t>(done),
               .of = static_cast<std::int64_t>(all),
               .seconds_left = left});
      }
      const auto share = [](Half& half) {
        return static_cast<double>(half.round().asked()) / static_cast<double>(half.round().size());
      };
      ImageRound& behind = halves_[share(halves_[0]) <= share(halves_[1]) ? 0 : 1].round();
      if (behind.finished()) return;
      const Elapsed piece;
      const std::size_t asked = behind.ask(asker_, pacer.next());
      if (asked > 0) pacer.took(asked, piece.seconds());
    }
  }

  void ask_corrupted() {
    const auto kinds = corruptions(searched_.inputs->form.get()).size();
    const std::size_t images = std::min(kImagesARound, kValuesARound / searched_.compressed->info().classes);
    const std::size_t inputs = split_.learn.size() + split_.held_out.size();
    const auto usual = static_cast<int>(std::clamp<std::size_t>(images / inputs, 1, kinds));
    const bool fixed = settings_.corrupted_per_input > 0;
    const int per_round = fixed ? settings_.corrupted_per_input : usual;
    std::int64_t met = 0;
    int rounds = 0;
    do {
      for (Half& half : halves_) {
        half.begin_corrupted(per_round, settings_.rng_seed + (static_cast<std::uint64_t>(rounds) << 32U));
      }
      ++rounds;
      samples_.corrupted_per_input = rounds * per_round;
      ask_round(step_of(rounds, met, fixed));
      met = std::min(halves_[0].deviations(), halves_[1].deviations());
    } while (!asker_.stopped() && !fixed && rounds < kMostRounds && met < kWantedDeviations);
  }

  // `met`: deviations in the rounds before.
  static std::string step_of(int round, std::int64_t met, bool fixed) {
    std::string words = "asking both models corrupted images";
    if (fixed || round == 1) return words;
    const auto likely =
        met == 0 ? kMostRounds
                 : std::clamp<std::int64_t>(((round - 1) * kWantedDeviations + met - 1) / met, round, kMostRounds);
    return fmt::format("{}, round {} of about {}", words, round, likely);
  }

  void ask_findings() {
    const std::set<SeedIndex> allowed(split_.learn.begin(), split_.learn.end());
    std::vector<NaturalImage> images;
    for (const SeedIndex finding : readable_inputs(searched_.findings)) {
      const SeedIndex from = searched_.finding_of[static_cast<std::size_t>(finding.value)];
      if (allowed.contains(from)) images.push_back({.seed = finding});
    }
    if (images.empty()) return;
    if (tell_) tell_({.step = "asking the compressed model the findings", .of = std::ssize(images)});
    samples_.findings =
        ask_all(*searched_.compressed, searched_.compressed_reading, searched_.findings, images, options_);
    if (asker_.stopped()) samples_.findings = {};
  }

  const Searched& searched_;
  const GuardSampling& settings_;
  const AskOptions& options_;
  const Tell& tell_;
  const Split split_;
  PairAsker asker_;
  std::array<Half, 2> halves_;  // to learn from, to measure on
  GuardSamples samples_;
};

}  // namespace

GuardSamples gather_guard_samples(const Searched& searched, const SeedSet* given, const GuardSampling& settings,
                                  const AskOptions& options, const Tell& tell) {
  check_ask_options(options);
  if (settings.corrupted_per_input < 0) {
    throw Error(ErrorCode::kBadArgument, "--corrupted is out of range", "use --corrupted N with N >= 0");
  }
  return Gathering(searched, given, settings, options, tell).run();
}

}  // namespace dflare
