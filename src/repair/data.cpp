// What a repair learns from and is judged by, asked of a search's two models.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "core/pacer.h"
#include "dflare/error.h"
#include "dflare/repair_report.h"

namespace dflare {
namespace {

constexpr std::size_t kLeastHeldOut = 50;        // inputs: fewer tell nothing of a share of a few percent
constexpr std::int64_t kNaturalImages = 20'000;  // to learn from, unless the settings say otherwise
constexpr std::int64_t kLeastNatural = 13, kMostNatural = 130;  // an input: each kind of corruption once, ten times
constexpr std::uint64_t kTrainingKeys = 0x7472616e00000000;  // corruptions to learn from and to be judged by are drawn
constexpr std::uint64_t kMeasureKeys = 0x6d65617300000000;   // from streams of their own
constexpr double kShareForAsking = 0.6;                      // of a time limit: the rest is for training
constexpr std::size_t kFirstPiece = 32;                      // images

std::vector<SeedIndex> seeds_searched(const Searched& searched) {
  std::vector<SeedIndex> list;
  for (const SeedIndex seed : searched.done) {
    if (searched.status[static_cast<std::size_t>(seed.value)] == SeedStatus::kUsable) list.push_back(seed);
  }
  return list;
}

void check_enough(const Searched& searched, const std::vector<SeedIndex>& seeds, const std::set<SeedIndex>& with) {
  if (with.empty()) {
    throw Error(ErrorCode::kBadInput, fmt::format("the run in {} has no deviations to learn from", searched.name),
                "search with more --max-queries; where the models agree everywhere there is nothing to repair");
  }
  if (std::ssize(with) < kRepairFolds) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("the run in {} found deviations from {} inputs ({} searched), too few for {} folds",
                            searched.name, with.size(), seeds.size(), kRepairFolds),
                fmt::format("search more inputs: {} are the least, 100 make sense", kRepairFolds));
  }
}

class Gathering {
 public:
  Gathering(const Searched& searched, const SeedSet* given, const RepairSettings& settings, const AskOptions& options,
            const Tell& tell)
      : searched_(searched), given_(given), settings_(settings), tell_(tell), asker_(searched, options) {}

  // First what there is no repair without, then what is cheap, then corrupted images to learn from and to be judged by
  // in turns.
  RepairData run() {
    plan_findings();
    choose_held_out();
    plan_natural();
    for (const ImageRound& round : rounds_) planned_ += round.size();
    data_.usable = ask({kSeeds, kFindings}, /*needed=*/true);
    if (!data_.usable) return std::move(data_);
    ask({kHeldClean, kNaturalClean}, false);
    ask({kHeldCorrupted, kNaturalCorrupted}, false);
    collect();
    data_.complete = std::ranges::all_of(rounds_, [](const ImageRound& round) { return round.finished(); });
    return std::move(data_);
  }

 private:
  // What both models are asked, in the order of the rows.
  enum Place : std::size_t { kSeeds, kFindings, kNaturalClean, kNaturalCorrupted, kHeldClean, kHeldCorrupted };

  // The searched seeds, and the confirmed findings from them.
  void plan_findings() {
    const std::vector<SeedIndex> seeds = seeds_searched(searched_);
    std::vector<NaturalImage> findings;
    std::set<SeedIndex> with;
    for (const SeedIndex finding : readable_inputs(searched_.findings)) {
      const SeedIndex from = finding_of(finding);
      if (!std::binary_search(seeds.begin(), seeds.end(), from)) continue;
      findings.push_back({.seed = finding});
      with.insert(from);
    }
    check_enough(searched_, seeds, with);
    data_.seeds = std::ssize(seeds);
    data_.findings = std::ssize(findings);
    rounds_.emplace_back(*searched_.inputs, clean_images(seeds));
    rounds_.emplace_back(searched_.findings, std::move(findings));
  }

  [[nodiscard]] SeedIndex finding_of(SeedIndex finding) const {
    return searched_.finding_of[static_cast<std::size_t>(finding.value)];
  }

  // Inputs that are given are all held out. Of those that the search left, every other one is; the rest is for methods
  // that learn from natural images.
  void choose_held_out() {
    const std::vector<SeedIndex> unasked =
        those_where([](SeedStatus status) { return status == SeedStatus::kNotAsked; });
    if (given_ != nullptr) {
      held_out_ = unknown_inputs(*given_, *searched_.inputs);
      learn_unasked_ = unasked;
    } else {
      for (const SeedIndex i : unasked)
        (held_out_.size() <= learn_unasked_.size() ? held_out_ : learn_unasked_).push_back(i);
    }
    data_.held_out_inputs = held_out_.size();
    if (held_out_.size() >= kLeastHeldOut) {
      data_.held_out = given_ != nullptr ? HeldOut::kGiven : HeldOut::kUnasked;
      return;
    }
    learn_unasked_ = unasked;
    held_out_.clear();
  }

  template <class Is>
  [[nodiscard]] std::vector<SeedIndex> those_where(const Is& is) const {
    std::vector<SeedIndex> list;
    for (const SeedIndex input : readable_inputs(*searched_.inputs)) {
      if (is(searched_.status[static_cast<std::size_t>(input.value)])) list.push_back(input);
    }
    return list;
  }

  void plan_natural() {
    const SeedSet& held_set = given_ != nullptr ? *given_ : *searched_.inputs;
    const bool wanted = data_.held_out == HeldOut::kOutOfFold || repair_method(settings_.method).learns_from_natural;
    const std::vector<SeedIndex> inputs = wanted ? inputs_to_learn_from() : std::vector<SeedIndex>{};
    const std::uint64_t rng_seed = settings_.rng_seed;
    rounds_.emplace_back(*searched_.inputs, clean_images(inputs));
    rounds_.emplace_back(*searched_.inputs, corrupted_images(inputs, natural_per_input(inputs.size()),
                                                             kTrainingKeys + rng_seed, searched_.inputs->form.get()));
    rounds_.emplace_back(held_set, clean_images(held_out_));
    rounds_.emplace_back(held_set, corrupted_images(held_out_, settings_.corrupted_per_input, kMeasureKeys + rng_seed,
                                                    held_set.form.get()));
  }

  // What the search asked, whatever the models said: the natural frequency of disagreement. And what was kept for it of
  // what the search did not ask.
  [[nodiscard]] std::vector<SeedIndex> inputs_to_learn_from() const {
    std::vector<SeedIndex> list = those_where([](SeedStatus status) {
      return status != SeedStatus::kNotAsked && status != SeedStatus::kUnreadable && status != SeedStatus::kNotFinite &&
             status != SeedStatus::kFailed;
    });
    list.insert(list.end(), learn_unasked_.begin(), learn_unasked_.end());
    std::sort(list.begin(), list.end());
    return list;
  }

  // Where nothing is learnt from them, they are there to judge by.
  [[nodiscard]] int natural_per_input(std::size_t inputs) const {
    if (!repair_method(settings_.method).learns_from_natural) return settings_.corrupted_per_input;
    if (settings_.natural_per_input > 0) return settings_.natural_per_input;
    const auto wanted = kNaturalImages / static_cast<std::int64_t>(std::max<std::size_t>(1, inputs));
    return static_cast<int>(std::clamp(wanted, kLeastNatural, kMostNatural));
  }

  // These rounds in turns, to their end; where they are not needed, until time is up. False where they did not end.
  bool ask(std::initializer_list<Place> places, bool needed) {
    Pacer pacer(kFirstPiece);
    while (!asker_.stopped()) {
      const bool late =
          settings_.time_limit_seconds > 0 && elapsed_.seconds() >= kShareForAsking * settings_.time_limit_seconds;
      if (late && !needed) return false;
      const auto share = [this](Place place) {
        const ImageRound& round = rounds_[place];
        return round.finished() ? 1.0 : static_cast<double>(round.asked()) / static_cast<double>(round.size());
      };
      ImageRound& behind = rounds_[*std::ranges::min_element(places, {}, share)];
      if (behind.finished()) return true;
      say_how_far();
      const Elapsed piece;
      const std::size_t asked = behind.ask(asker_, pacer.next());
      if (asked > 0) pacer.took(asked, piece.seconds());
      asked_ += asked;
    }
    return false;
  }

  void say_how_far() const {
    if (!tell_) return;
    const auto done = static_cast<double>(asked_);
    tell_({.step = "asking both models natural images",
           .done = static_cast<std::int64_t>(asked_),
           .of = static_cast<std::int64_t>(planned_),
           .seconds_left = asked_ == 0 ? -1 : elapsed_.seconds() / done * (static_cast<double>(planned_) - done)});
  }

  void collect() {
    PairRows rows;
    collect_rows(kSeeds, RepairRowKind::kSeed, rows);
    collect_rows(kFindings, RepairRowKind::kFinding, rows);
    const std::int64_t before = std::ssize(data_.rows.seed);
    collect_rows(kNaturalClean, RepairRowKind::kNatural, rows);
    collect_rows(kNaturalCorrupted, RepairRowKind::kNatural, rows);
    data_.natural = std::ssize(data_.rows.seed) - before;
    data_.rows.original = rows.original(searched_.original_reading);
    data_.rows.compressed = rows.compressed(searched_.compressed_reading);
    collect_held_out(kHeldClean, data_.clean);
    collect_held_out(kHeldCorrupted, data_.corrupted);
    note_classes_never_seen();
  }

  void collect_rows(Place place, RepairRowKind kind, PairRows& rows) {
    const ImageRound::Part part = rounds_[place].part();
    for (std::size_t i = 0; i < part.images.size(); ++i) {
      const NaturalImage& image = part.images[i];
      rows.add(part.rows, i);
      data_.rows.seed.push_back(kind == RepairRowKind::kFinding ? finding_of(image.seed) : image.seed);
      data_.rows.kind.push_back(kind);
      data_.image_of_row.push_back(image);
      data_.truth_of_row.push_back(kind == RepairRowKind::kNatural ? truth_of(*searched_.inputs, image) : -1);
    }
  }

  void collect_held_out(Place place, NaturalAnswers& out) const {
    ImageRound::Part part = rounds_[place].part();
    const SeedSet& set = given_ != nullptr ? *given_ : *searched_.inputs;
    for (const NaturalImage& image : part.images) out.truth.push_back(truth_of(set, image));
    out.images = std::move(part.images);
    out.original = part.rows.original(searched_.original_reading);
    out.compressed = part.rows.compressed(searched_.compressed_reading);
  }

  [[nodiscard]] int truth_of(const SeedSet& set, const NaturalImage& image) const {
    const int label = set.seeds[static_cast<std::size_t>(image.seed.value)].label;
    return label < 0 ? -1 : label + searched_.label_shift;
  }

  void note_classes_never_seen() {
    std::set<int> seen;
    for (std::size_t i = 0; i < data_.rows.size(); ++i) seen.insert(data_.rows.original[i].label);
    for (int c = 0; c < static_cast<int>(data_.rows.original.classes()); ++c) {
      if (!seen.contains(c)) data_.classes_never_seen.push_back(c);
    }
  }

  const Searched& searched_;
  const SeedSet* const given_;
  const RepairSettings& settings_;
  const Tell& tell_;
  PairAsker asker_;
  const Elapsed elapsed_;
  RepairData data_;
  std::vector<SeedIndex> held_out_, learn_unasked_;
  std::deque<ImageRound> rounds_;  // by Place
  std::size_t planned_ = 0, asked_ = 0;
};

}  // namespace

void check_repair_settings(const RepairSettings& s) {
  const auto require = [](bool ok, const char* option, const char* expected) {
    if (!ok) throw Error(ErrorCode::kBadArgument, fmt::format("{} is out of range", option), expected);
  };
  static_cast<void>(repair_method(s.method));
  require(s.natural_per_input >= 0, "--natural", "use --natural N with N >= 0");
  require(s.corrupted_per_input >= 1, "--corrupted", "use --corrupted N with N >= 1");
  require(s.repeats >= 1, "--repeats", "use --repeats N with N >= 1");
  require(s.time_limit_seconds >= 0, "--time-limit", "use --time-limit SECONDS, 0 for none");
}

RepairData gather_repair_data(const Searched& searched, const SeedSet* given, const RepairSettings& settings,
                              const AskOptions& options, const Tell& tell) {
  check_repair_settings(settings);
  return Gathering(searched, given, settings, options, tell).run();
}

}  // namespace dflare
