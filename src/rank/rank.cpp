// Ranking variants: what is measured, in which order, and how far it got.
#include "dflare/rank.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/deadline.h"
#include "dflare/error.h"
#include "dflare/natural.h"
#include "dflare/searched.h"
#include "rank/measures.h"
#include "rank/order.h"
#include "rank/parties.h"
#include "rank/searches.h"

namespace dflare {
namespace {

constexpr std::size_t kMostInputs = 1000;       // asked as they are, or twice max_seeds where that is more
constexpr std::int64_t kFewestOnBoundary = 10;  // seeds without which the boundary shift says too little
constexpr std::size_t kSeedsAtATime = 10;       // searched before the next variant has its turn
constexpr int kRowsAQuery = 32;
constexpr double kShareForInputs = 0.35;  // of a time limit, before anything starts from those asked by then
constexpr double kWeightOfShift = 2;      // its turns to those of the corrupted seeds: the order goes by it

class Ranker {
 public:
  Ranker(Model& original, std::span<Model* const> variants, const SeedSet& seeds, const RankSettings& settings,
         LiveProgress& live, const Tell& tell)
      : seeds_(seeds),
        settings_(settings),
        search_(search_settings(settings)),
        live_(live),
        tell_(tell),
        deadline_(settings.time_limit_seconds, live.stop),
        parties_(original, variants, seeds, search_, live),
        searches_(original, variants),
        label_shift_(std::min(search_.original_label_offset, search_.compressed_label_offset)) {
    out_.variants.resize(variants.size());
    if (const auto& oracle = search_.oracle.oracle; oracle != nullptr) out_.oracle = oracle->spec();
  }

  // What is cheap comes first, the measure that the order goes by and its understudy take turns, searches come last: so
  // that what time cuts off is missed least.
  Ranking run() {
    InputsMeasure inputs(parties_, inputs_to_ask(), [this](SeedIndex input) { return true_label(input); });
    const bool all = measure_inputs(inputs);
    if (!stopped()) choose_seeds(inputs);
    if (!stopped()) measure_natural();
    while (!stopped() && !inputs.finished()) step(inputs);
    if (!stopped()) measure_searches();
    complete_ = complete_ && all;
    set_order();
    if (!complete_) out_.end = deadline_.passed() || !all ? SearchEnd::kTimeLimit : SearchEnd::kStopped;
    return std::move(out_);
  }

 private:
  static SearchSettings search_settings(const RankSettings& settings) {
    check_settings(settings);
    SearchSettings search = settings.search;
    if (search.batch == 0) search.batch = kRowsAQuery;
    return search;
  }

  static void check_settings(const RankSettings& s) {
    const auto require = [](bool ok, const char* option, const char* expected) {
      if (!ok) throw Error(ErrorCode::kBadArgument, std::string(option) + " is out of range", expected);
    };
    require(s.corrupted_per_seed >= 1, "--corrupted", "use --corrupted N with N >= 1");
    require(s.search_seeds >= 0, "--search-seeds", "use --search-seeds N with N >= 0");
    require(s.refine_queries >= 1, "--refine-queries", "use --refine-queries N with N >= 1");
    require(s.regression_queries >= 0, "--regression-queries", "use --regression-queries N with N >= 0");
    require(s.regression_seeds >= 0, "--regression-seeds", "use --regression-seeds N with N >= 0");
    require(s.search.max_seeds >= 0, "--max-seeds", "use --max-seeds N with N >= 0");
    require(s.time_limit_seconds >= 0, "--time-limit", "use --time-limit SECONDS, 0 for none");
  }

  [[nodiscard]] bool stopped() {
    if (live_.stop) complete_ = false;
    return live_.stop;
  }

  // `spent` seconds on what is done so far; 0: not known.
  void tell(const char* step, std::size_t done, std::size_t of, double spent) const {
    if (!tell_) return;
    const double left = done > 0 && spent > 0 ? spent * static_cast<double>(of - done) / static_cast<double>(done) : -1;
    tell_({step, static_cast<std::int64_t>(done), static_cast<std::int64_t>(of), left, deadline_.left()});
  }

  void step(Measure& measure) {
    tell(measure.name(), measure.done(), measure.of(), measure.seconds());
    if (!stopped()) measure.step(out_);
  }

  [[nodiscard]] int true_label(SeedIndex input) const {
    const int label = parties_.labels() ? seeds_.seeds[static_cast<std::size_t>(input.value)].label : -1;
    return label < 0 ? -1 : label + label_shift_;
  }

  [[nodiscard]] std::vector<SeedIndex> inputs_to_ask() const {
    const auto wanted = static_cast<std::size_t>(search_.max_seeds);
    const std::size_t most = wanted == 0 ? seeds_.seeds.size() : std::max(kMostInputs, 2 * wanted);
    std::vector<SeedIndex> inputs = readable_inputs(seeds_);
    if (inputs.size() > most) inputs.resize(most);
    if (inputs.empty()) {
      throw Error(ErrorCode::kNoUsableSeed, "no input of " + seeds_.path.string() + " can be used",
                  "see the reasons given for each file");
    }
    return inputs;
  }

  // False where a time limit left some for later: seeds are then chosen among those asked.
  bool measure_inputs(InputsMeasure& inputs) {
    while (!stopped() && !inputs.finished()) {
      if (inputs.done() > 0 && deadline_.used(kShareForInputs)) return false;
      step(inputs);
    }
    return true;
  }

  // The original alone decides, so that all variants start from the same seeds.
  void choose_seeds(const InputsMeasure& inputs) {
    const std::vector<InputsMeasure::OfOriginal> asked = inputs.asked();
    for (const InputsMeasure::OfOriginal& answer : asked) {
      if (!is_seed(answer)) continue;
      usable_.push_back(answer.input);
      usable_labels_.push_back(answer.label);
    }
    chosen_.assign(usable_.begin(), usable_.begin() + static_cast<std::ptrdiff_t>(seeds_among(usable_.size())));
    if (chosen_.empty()) {
      throw Error(ErrorCode::kNoUsableSeed,
                  "the original answers none of the " + std::to_string(asked.size()) + " inputs as a seed must be",
                  "a seed has one strict top label, and the true one where labels are given; see --preprocess, "
                  "--label-offset and --seed-filter agree");
    }
    out_.seeds = static_cast<std::int64_t>(chosen_.size());
    parties_.settle_readings();
  }

  [[nodiscard]] std::size_t seeds_among(std::size_t usable) const {
    return search_.max_seeds == 0 ? usable : std::min(usable, static_cast<std::size_t>(search_.max_seeds));
  }

  [[nodiscard]] bool is_seed(const InputsMeasure::OfOriginal& answer) const {
    if (!answer.finite || (answer.tie && search_.acceptance.ties == TiePolicy::kSkip)) return false;
    const bool correct = search_.seed_filter == SeedFilter::kCorrect ||
                         (search_.seed_filter == SeedFilter::kAuto && seeds_.labelled && parties_.labels());
    return !correct || true_label(answer.input) == answer.label;
  }

  // In turns by the time spent, so that there is something of both whenever the work ends. Only labels have a boundary
  // that one model could be followed to.
  void measure_natural() {
    if (parties_.labels())
      shift_.emplace(parties_, seeds_, usable_, usable_labels_, settings_.boundary_paths, search_.rng_seed);
    corrupted_.emplace(parties_, seeds_.form.get(), chosen_, settings_.corrupted_per_seed, search_.rng_seed);
    const auto shift_is_done = [this] { return !shift_ || shift_->finished(); };
    while (!stopped() && !(shift_is_done() && corrupted_->finished())) {
      const bool is_turn_of_shift =
          !shift_is_done() && (corrupted_->finished() || shift_->seconds() <= kWeightOfShift * corrupted_->seconds());
      step(is_turn_of_shift ? static_cast<Measure&>(*shift_) : static_cast<Measure&>(*corrupted_));
    }
  }

  // Some seeds of every variant by both strategies, then the next seeds: what is counted is the same for all variants.
  void measure_searches() {
    const std::size_t wanted = std::min(chosen_.size(), static_cast<std::size_t>(settings_.search_seeds));
    if (wanted == 0) return;
    const auto prepared = [this](std::size_t done, std::size_t of) { tell("searches: preparing", done, of, 0); };
    if (!searches_.begin(seeds_, chosen_, search_, settings_, live_, prepared)) {
      complete_ = false;
      return;
    }
    const Elapsed elapsed;
    for (std::size_t first = 0; first < wanted; first += kSeedsAtATime) {
      const std::size_t end = std::min(first + kSeedsAtATime, wanted);
      tell("searches: seeds", first, wanted, elapsed.seconds());
      if (!searches_.run(first, end)) {
        complete_ = false;
        return;
      }
      out_.searched = static_cast<std::int64_t>(end);
      for (std::size_t v = 0; v < out_.variants.size(); ++v) searches_.summarise(v, end, out_.variants[v]);
    }
  }

  // By the boundary where enough inputs reach it, else by corruptions, else by what there is.
  void set_order() {
    std::vector<std::vector<double>> values(parties_.variants());
    const auto is_known = [](const auto& measure) { return measure && measure->done() > 0; };
    const bool enough = shift_ && shift_->inputs_with_points() >= kFewestOnBoundary;
    if (is_known(corrupted_) && !enough) {
      values = corrupted_->values();
      out_.measure = "corrupted_disagreement";
    } else if (shift_ && shift_->inputs_with_points() > 0) {
      values = shift_->values();
      out_.measure = "boundary_shift";
    }
    std::vector<int> rank;
    out_.order = order_variants(values, search_.rng_seed, rank);
    for (std::size_t v = 0; v < parties_.variants(); ++v) {
      out_.variants[v].rank = rank[v];
      if (rank[v] == 0) out_.order.push_back(v);
    }
  }

  const SeedSet& seeds_;
  const RankSettings& settings_;
  SearchSettings search_;
  LiveProgress& live_;
  const Tell& tell_;
  Deadline deadline_;
  Parties parties_;
  VariantSearches searches_;
  int label_shift_ = 0;

  std::vector<SeedIndex> usable_;   // of the inputs asked as they are, those that could be seeds
  std::vector<int> usable_labels_;  // what the original calls these
  std::vector<SeedIndex> chosen_;   // of these, the seeds
  std::optional<ShiftMeasure> shift_;
  std::optional<CorruptedMeasure> corrupted_;
  bool complete_ = true;
  Ranking out_;
};

}  // namespace

Ranking rank_variants(Model& original, std::span<Model* const> variants, const SeedSet& seeds,
                      const RankSettings& settings, LiveProgress& live, const Tell& tell) {
  return Ranker(original, variants, seeds, settings, live, tell).run();
}

}  // namespace dflare
