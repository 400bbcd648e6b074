// Ranking variants: what is measured, in which order, and how far it got.
#include "dflare/rank.h"

#include <algorithm>
#include <utility>

#include "dflare/error.h"
#include "dflare/natural.h"
#include "rank/boundary_points.h"
#include "rank/deadline.h"
#include "rank/order.h"
#include "rank/parties.h"
#include "rank/searches.h"
#include "rank/shift_sums.h"

namespace dflare {
namespace {

constexpr std::size_t kMostInputs = 1000;       // asked as they are, or twice max_seeds where that is more
constexpr std::int64_t kFewestOnBoundary = 10;  // seeds without which the boundary shift says too little
constexpr std::size_t kPathsARound = 900;       // to the boundary, before the variants are asked
constexpr std::size_t kMostPathsAnInput = 39;   // each kind of corruption three times
constexpr std::int64_t kManyPoints = 1500;      // on the boundary: more would not tell much more
constexpr std::int64_t kFewPoints = 300;        // below which stronger corruptions are tried as well
constexpr std::size_t kSeedsAtATime = 10;       // searched before the next variant has its turn
constexpr int kRowsAQuery = 32;

class Ranker {
 public:
  Ranker(Model& original, std::span<Model* const> variants, const SeedSet& seeds, const RankSettings& settings,
         LiveProgress& live, const std::function<void(const RankProgress&)>& tell)
      : seeds_(seeds),
        settings_(settings),
        search_(search_settings(settings)),
        live_(live),
        tell_(tell),
        parties_(original, variants, seeds, search_, live),
        searches_(original, variants) {
    label_shift_ = std::min(search_.original_label_offset, search_.compressed_label_offset);
    out_.variants.resize(variants.size());
  }

  // Most telling first, so that what time cuts off is missed least.
  Ranking run() {
    const Deadline deadline(settings_.time_limit_seconds, live_.stop);
    choose_seeds();
    if (!stopped()) measure_shift();
    if (!stopped()) measure_inputs();
    if (!stopped()) measure_corrupted();
    if (!stopped()) measure_searches();
    set_order();
    if (!complete_) out_.end = deadline.passed() ? SearchEnd::kTimeLimit : SearchEnd::kStopped;
    return std::move(out_);
  }

 private:
  static SearchSettings search_settings(const RankSettings& settings) {
    SearchSettings search = settings.search;
    if (search.batch == 0) search.batch = kRowsAQuery;
    return search;
  }
  [[nodiscard]] bool stopped() {
    if (live_.stop) complete_ = false;
    return live_.stop;
  }
  void tell(const char* step, std::size_t done, std::size_t of) const {
    if (tell_) tell_({step, done, of});
  }

  [[nodiscard]] int true_label(SeedIndex input) const {
    const int label = seeds_.seeds[static_cast<std::size_t>(input.value)].label;
    return label < 0 ? -1 : label + label_shift_;
  }

  // The original alone decides, so that all variants start from the same seeds.
  void choose_seeds() {
    const auto wanted = static_cast<std::size_t>(search_.max_seeds);
    const std::size_t most = wanted == 0 ? seeds_.seeds.size() : std::max(kMostInputs, 2 * wanted);
    for (std::size_t i = 0; i < seeds_.seeds.size() && inputs_.size() < most; ++i) {
      if (seeds_.seeds[i].problem.empty()) inputs_.emplace_back(static_cast<std::int32_t>(i));
    }
    if (inputs_.empty()) {
      throw Error(ErrorCode::kNoUsableSeed, "no input of " + seeds_.path.string() + " can be used",
                  "see the reasons given for each file");
    }
    tell("the original's answers", 0, 1);
    of_inputs_ = parties_.read_original(clean_images(inputs_));
    if (stopped()) return;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!is_seed(inputs_[i], of_inputs_[i])) continue;
      usable_.push_back(inputs_[i]);
      usable_labels_.push_back(of_inputs_[i].label);
    }
    chosen_.assign(usable_.begin(), usable_.begin() + static_cast<std::ptrdiff_t>(seeds_among(usable_.size())));
    if (chosen_.empty()) {
      throw Error(ErrorCode::kNoUsableSeed,
                  "the original answers none of the " + std::to_string(inputs_.size()) + " inputs as a seed must be",
                  "a seed has one strict top label, and the true one where labels are given; see --preprocess, "
                  "--label-offset and --seed-filter agree");
    }
    out_.inputs = static_cast<std::int64_t>(inputs_.size());
    out_.seeds = static_cast<std::int64_t>(chosen_.size());
    out_.accuracy_original = accuracy(of_inputs_);
  }

  [[nodiscard]] std::size_t seeds_among(std::size_t usable) const {
    return search_.max_seeds == 0 ? usable : std::min(usable, static_cast<std::size_t>(search_.max_seeds));
  }

  [[nodiscard]] bool is_seed(SeedIndex input, const AnswerView& answer) const {
    if (!answer.finite || (answer.tie && search_.acceptance.ties == TiePolicy::kSkip)) return false;
    const bool correct =
        search_.seed_filter == SeedFilter::kCorrect || (search_.seed_filter == SeedFilter::kAuto && seeds_.labelled);
    return !correct || true_label(input) == answer.label;
  }

  static std::optional<Estimate> share(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return std::nullopt;
    return estimate(Share{part, whole});
  }

  [[nodiscard]] std::optional<Estimate> accuracy(const Answers& answers) const {
    std::int64_t right = 0;
    std::int64_t labelled = 0;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (true_label(inputs_[i]) < 0) continue;
      ++labelled;
      right += answers[i].label == true_label(inputs_[i]) ? 1 : 0;
    }
    return share(right, labelled);
  }

  void measure_inputs() {
    const std::vector<NaturalImage> images = clean_images(inputs_);
    for (std::size_t v = 0; v < parties_.variants(); ++v) {
      tell("inputs as they are", v, parties_.variants());
      const Answers answers = parties_.ask_variant(v, images);
      if (stopped()) return;
      std::int64_t differ = 0;
      for (std::size_t i = 0; i < images.size(); ++i) differ += answers[i].label != of_inputs_[i].label ? 1 : 0;
      out_.variants[v].disagreement = share(differ, out_.inputs);
      out_.variants[v].accuracy = accuracy(answers);
    }
  }

  // One value a seed: the mean over its images of value(i).
  template <class Value>
  static std::vector<double> mean_a_seed(std::span<const NaturalImage> images, const Value& value) {
    std::vector<double> means;
    for (std::size_t i = 0; i < images.size();) {
      const std::size_t first = i;
      double sum = 0;
      for (; i < images.size() && images[i].seed == images[first].seed; ++i) sum += value(i);
      means.push_back(sum / static_cast<double>(i - first));
    }
    return means;
  }

  // In rounds, so that there is an order soon; until there are points or paths enough.
  void measure_shift() {
    shifts_.begin(parties_.variants(), usable_);
    parties_.read_variants(clean_images(chosen_));
    if (stopped()) return;
    BoundaryPaths paths(parties_.original(), parties_.reading_of_original(), seeds_, usable_, usable_labels_,
                        search_.rng_seed, parties_.options());
    const std::size_t inputs = usable_.size();
    const auto per_input = std::clamp<std::size_t>((kPathsARound + inputs - 1) / inputs, 1, kMostPathsAnInput / 3);
    const std::size_t wanted = std::min(static_cast<std::size_t>(settings_.boundary_paths), kMostPathsAnInput * inputs);
    while (paths.paths() < wanted && out_.boundary_points < kManyPoints) {
      tell("the original's boundary", paths.paths(), wanted);
      if (!add_shifts(paths.next_round(static_cast<int>(per_input)))) return;
    }
    if (out_.boundary_points < kFewPoints) add_shifts(paths.beyond());
  }

  // False where the work was stopped: then these points do not count.
  bool add_shifts(std::span<const NaturalImage> points) {
    if (stopped()) return false;
    const Answers f = parties_.ask_original(points);
    std::vector<Answers> g;
    for (std::size_t v = 0; v < parties_.variants(); ++v) {
      tell("boundary shift", v, parties_.variants());
      g.push_back(parties_.ask_variant(v, points));
      if (stopped()) return false;
    }
    out_.boundary_points += shifts_.add(points, f, g);
    shift_ = shifts_.means();
    for (std::size_t v = 0; v < shift_.size(); ++v) {
      if (!shift_[v].empty()) out_.variants[v].boundary_shift = mean_estimate(shift_[v], search_.rng_seed);
      out_.boundary_inputs = static_cast<std::int64_t>(shift_[v].size());
    }
    return true;
  }

  void measure_corrupted() {
    corrupted_.resize(parties_.variants());
    const std::vector<NaturalImage> images = corrupted_images(chosen_, settings_.corrupted_per_seed, search_.rng_seed);
    const Answers f = parties_.ask_original(images);
    for (std::size_t v = 0; v < parties_.variants(); ++v) {
      tell("corrupted seeds", v, parties_.variants());
      const Answers g = parties_.ask_variant(v, images);
      if (stopped()) return;
      corrupted_[v] = mean_a_seed(images, [&](std::size_t i) { return f[i].label != g[i].label ? 1.0 : 0.0; });
      if (!corrupted_[v].empty())
        out_.variants[v].corrupted_disagreement = share_estimate(corrupted_[v], search_.rng_seed);
    }
  }

  // Some seeds of every variant by both strategies, then the next seeds: what is counted is the same for all variants.
  void measure_searches() {
    const std::size_t wanted = std::min(chosen_.size(), static_cast<std::size_t>(settings_.search_seeds));
    if (wanted == 0 || !searches_.begin(seeds_, chosen_, search_, settings_.refine_queries, live_)) {
      complete_ = complete_ && wanted == 0;
      return;
    }
    for (std::size_t first = 0; first < wanted; first += kSeedsAtATime) {
      const std::size_t end = std::min(first + kSeedsAtATime, wanted);
      tell("searches: seeds", first, wanted);
      if (!searches_.run(first, end)) {
        complete_ = false;
        return;
      }
      out_.searched = static_cast<std::int64_t>(end);
      for (std::size_t v = 0; v < out_.variants.size(); ++v) searches_.summarise(v, end, out_.variants[v]);
    }
  }

  void set_order() {
    const bool by_shift = shift_.empty() || corrupted_.empty() || out_.boundary_inputs >= kFewestOnBoundary;
    const std::vector<std::vector<double>>& values = by_shift ? shift_ : corrupted_;
    std::vector<int> rank(parties_.variants(), 0);
    out_.order = order_variants(values, search_.rng_seed, rank);
    if (!out_.order.empty()) out_.measure = by_shift ? "boundary_shift" : "corrupted_disagreement";
    for (std::size_t v = 0; v < parties_.variants(); ++v) {
      out_.variants[v].rank = values.empty() ? 0 : rank[v];
      if (out_.variants[v].rank == 0) out_.order.push_back(v);
    }
  }

  const SeedSet& seeds_;
  const RankSettings& settings_;
  SearchSettings search_;
  LiveProgress& live_;
  const std::function<void(const RankProgress&)>& tell_;
  Parties parties_;
  VariantSearches searches_;
  int label_shift_ = 0;

  std::vector<SeedIndex> inputs_;                       // asked as they are
  std::vector<SeedIndex> usable_;                       // of them, those that could be seeds
  std::vector<int> usable_labels_;                      // what the original calls these
  std::vector<SeedIndex> chosen_;                       // of these, the seeds
  Answers of_inputs_;                                   // the original's
  std::vector<std::vector<double>> shift_, corrupted_;  // a variant: one value an input, a seed
  ShiftSums shifts_;
  bool complete_ = true;
  Ranking out_;
};

}  // namespace

Ranking rank_variants(Model& original, std::span<Model* const> variants, const SeedSet& seeds,
                      const RankSettings& settings, LiveProgress& live,
                      const std::function<void(const RankProgress&)>& tell) {
  return Ranker(original, variants, seeds, settings, live, tell).run();
}

}  // namespace dflare
