// Ranking variants: what is measured, in which order, and how far it got.
#include "dflare/rank.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "dflare/cached_model.h"
#include "dflare/error.h"
#include "dflare/natural.h"
#include "rank/boundary_points.h"
#include "rank/heartbeat.h"
#include "rank/order.h"
#include "rank/searches.h"

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

// Stops the work when time is up.
class Deadline {
 public:
  Deadline(double seconds, std::atomic<bool>& stop) {
    if (seconds > 0) thread_ = std::jthread([this, seconds, &stop] { wait(seconds, stop); });
  }
  ~Deadline() {
    {
      const std::lock_guard lock(lock_);
      over_ = true;
    }
    wake_.notify_all();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool passed() const { return passed_; }

 private:
  void wait(double seconds, std::atomic<bool>& stop) {
    std::unique_lock lock(lock_);
    if (wake_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return over_; })) return;
    if (!stop.exchange(true)) passed_ = true;
  }

  std::mutex lock_;
  std::condition_variable wake_;
  bool over_ = false;
  std::atomic<bool> passed_{false};
  std::jthread thread_;  // last: it uses the others
};

// One model of the comparison, and how its outputs are read.
struct Party {
  std::unique_ptr<Model> model;  // a clone, watched
  OutputReading reading;
  int skip_classes = 0;
};

class Ranker {
 public:
  Ranker(Model& original, std::span<Model* const> variants, const SeedSet& seeds, const RankSettings& settings,
         LiveProgress& live, const std::function<void(const RankProgress&)>& tell)
      : seeds_(seeds),
        settings_(settings),
        search_(settings.search),
        live_(live),
        tell_(tell),
        cached_(original.clone()),
        models_(variants.begin(), variants.end()) {
    const int common = std::min(search_.original_label_offset, search_.compressed_label_offset);
    label_shift_ = common;
    original_ = {std::make_unique<WatchedModel>(original.clone(), live), {}, search_.original_label_offset - common};
    for (const Model* model : variants) {
      variants_.push_back(
          {std::make_unique<WatchedModel>(model->clone(), live), {}, search_.compressed_label_offset - common});
    }
    if (search_.batch == 0) search_.batch = kRowsAQuery;
    out_.variants.resize(variants_.size());
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
  [[nodiscard]] bool stopped() {
    if (live_.stop) complete_ = false;
    return live_.stop;
  }
  void tell(const char* step, std::size_t done, std::size_t of) const {
    if (tell_) tell_({step, done, of});
  }

  [[nodiscard]] AskOptions ask_options() const {
    return {.workers = search_.workers, .batch = search_.batch, .stop = &live_.stop};
  }
  [[nodiscard]] Answers ask(const Party& party, std::span<const NaturalImage> images) const {
    return ask_all(*party.model, party.reading, seeds_, images, ask_options());
  }

  // The first answers of a model also tell how its outputs are to be read.
  Answers ask_first(Party& party, std::span<const NaturalImage> images) const {
    Answers answers = ask_all(*party.model, {OutputKind::kLogits, 0, 0}, seeds_, images, ask_options());
    if (live_.stop) return answers;
    party.reading = detect_reading(answers);
    if (search_.output == OutputOption::kLogits) party.reading.kind = OutputKind::kLogits;
    if (search_.output == OutputOption::kProbabilities) party.reading.kind = OutputKind::kProbabilities;
    if (party.reading.step == 0) party.reading.step = party.model->info().output_scale;
    party.reading.skip_classes = party.skip_classes;
    answers.interpret(party.reading);
    return answers;
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
    of_inputs_ = ask_first(original_, clean_images(inputs_));
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

  static std::optional<Measured> share(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return std::nullopt;
    const Share s{part, whole};
    return Measured{s.value(), s.interval(), whole};
  }

  [[nodiscard]] std::optional<Measured> accuracy(const Answers& answers) const {
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
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      tell("inputs as they are", v, variants_.size());
      const Answers answers = ask(variants_[v], images);
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
    shift_.resize(variants_.size());
    shift_sums_.assign(variants_.size(), std::vector<double>(usable_.size()));
    shift_counts_.assign(usable_.size(), 0);
    const std::vector<NaturalImage> clean = clean_images(chosen_);
    for (Party& variant : variants_) ask_first(variant, clean);
    if (stopped()) return;
    BoundaryPaths paths(*original_.model, original_.reading, seeds_, usable_, usable_labels_, search_.rng_seed,
                        ask_options());
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
    const Answers f = ask(original_, points);
    std::vector<Answers> g;
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      tell("boundary shift", v, variants_.size());
      g.push_back(ask(variants_[v], points));
      if (stopped()) return false;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (shift_at(f[i], f[i]) < 0) continue;  // says nothing of any variant
      const auto input = static_cast<std::size_t>(std::ranges::lower_bound(usable_, points[i].seed) - usable_.begin());
      ++shift_counts_[input];
      ++out_.boundary_points;
      for (std::size_t v = 0; v < g.size(); ++v) shift_sums_[v][input] += shift_at(f[i], g[v][i]);
    }
    set_shifts();
    return true;
  }

  // Of each input the mean over its points.
  void set_shifts() {
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      shift_[v].clear();
      for (std::size_t i = 0; i < usable_.size(); ++i) {
        if (shift_counts_[i] > 0) shift_[v].push_back(shift_sums_[v][i] / shift_counts_[i]);
      }
      if (!shift_[v].empty()) out_.variants[v].boundary_shift = measured(shift_[v], search_.rng_seed);
      out_.boundary_inputs = static_cast<std::int64_t>(shift_[v].size());
    }
  }

  void measure_corrupted() {
    corrupted_.resize(variants_.size());
    const std::vector<NaturalImage> images = corrupted_images(chosen_, settings_.corrupted_per_seed, search_.rng_seed);
    const Answers f = ask(original_, images);
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      tell("corrupted seeds", v, variants_.size());
      const Answers g = ask(variants_[v], images);
      if (stopped()) return;
      corrupted_[v] = mean_a_seed(images, [&](std::size_t i) { return f[i].label != g[i].label ? 1.0 : 0.0; });
      if (!corrupted_[v].empty()) out_.variants[v].corrupted_disagreement = measured(corrupted_[v], search_.rng_seed);
    }
  }

  [[nodiscard]] SearchSettings settings_of(const char* strategy) const {
    SearchSettings s = search_;
    s.strategy = {.name = strategy, .end_points = EndPoints::kBlend};
    const bool boundary = s.strategy.name == "boundary";
    s.refine = boundary ? Refine::kClimb : Refine::kNone;
    s.refine_queries = settings_.refine_queries;
    s.min_severity = 0;
    s.max_seeds = 0;
    s.seed_filter = SeedFilter::kAgree;  // they are seeds by the original's answer
    s.time_limit_seconds = 0;
    return s;
  }

  // Some seeds of every variant by both strategies, then the next seeds: what is counted is the same for all variants.
  void measure_searches() {
    const std::size_t wanted = std::min(chosen_.size(), static_cast<std::size_t>(settings_.search_seeds));
    if (wanted == 0) return;
    SeedSet seeds{.path = seeds_.path, .seeds = {}, .labelled = false};
    for (const SeedIndex i : chosen_) seeds.seeds.push_back(seeds_.seeds[static_cast<std::size_t>(i.value)]);
    std::vector<std::unique_ptr<SeedSearch>> boundary;
    std::vector<std::unique_ptr<SeedSearch>> dflare;
    for (Model* const model : models_) {
      boundary.push_back(std::make_unique<SeedSearch>(Pair{&cached_, model}, seeds, settings_of("boundary"), live_));
      dflare.push_back(std::make_unique<SeedSearch>(Pair{&cached_, model}, seeds, settings_of("dflare"), live_));
      if (stopped()) return;
    }
    for (std::size_t first = 0; first < wanted; first += kSeedsAtATime) {
      const std::size_t end = std::min(first + kSeedsAtATime, wanted);
      tell("searches: seeds", first, wanted);
      if (!search_from(first, end, boundary, dflare)) {
        complete_ = false;
        return;
      }
      out_.searched = static_cast<std::int64_t>(end);
      for (std::size_t v = 0; v < variants_.size(); ++v) summarise(*boundary[v], *dflare[v], out_.variants[v]);
    }
  }

  static bool search_from(std::size_t first, std::size_t end, std::span<const std::unique_ptr<SeedSearch>> boundary,
                          std::span<const std::unique_ptr<SeedSearch>> dflare) {
    const auto run = [&](const std::unique_ptr<SeedSearch>& search) { return search->run(first, end); };
    return std::ranges::all_of(boundary, run) && std::ranges::all_of(dflare, run);
  }

  void summarise(const SeedSearch& boundary, const SeedSearch& dflare, VariantMeasures& out) const {
    out.severity = mean_of(boundary, &SeedOutcome::severity);
    out.queries_boundary = mean_of(boundary, &SeedOutcome::queries);
    out.queries_dflare = mean_of(dflare, &SeedOutcome::queries);
    const auto value_or_0 = [](const std::optional<Measured>& m) { return m ? m->value : 0.0; };
    out.seconds_boundary = value_or_0(mean_of(boundary, &SeedOutcome::seconds));
    out.seconds_dflare = value_or_0(mean_of(dflare, &SeedOutcome::seconds));
    out.found_boundary = found(boundary);
    out.found_dflare = found(dflare);
  }

  [[nodiscard]] std::optional<Measured> mean_of(const SeedSearch& search, double SeedOutcome::*figure) const {
    std::vector<double> values;
    for (const std::optional<SeedOutcome>& o : counted(search)) {
      if (o) values.push_back((*o).*figure);
    }
    if (values.empty()) return std::nullopt;
    return measured(values, search_.rng_seed);
  }

  [[nodiscard]] double found(const SeedSearch& search) const {
    Share s;
    for (const std::optional<SeedOutcome>& o : counted(search)) {
      if (!o) continue;
      ++s.whole;
      s.part += o->found ? 1 : 0;
    }
    return s.value();
  }

  [[nodiscard]] std::span<const std::optional<SeedOutcome>> counted(const SeedSearch& search) const {
    return search.outcomes().first(static_cast<std::size_t>(out_.searched));
  }

  void set_order() {
    const bool by_shift = shift_.empty() || corrupted_.empty() || out_.boundary_inputs >= kFewestOnBoundary;
    const std::vector<std::vector<double>>& values = by_shift ? shift_ : corrupted_;
    std::vector<int> rank(variants_.size(), 0);
    out_.order = order_variants(values, search_.rng_seed, rank);
    if (!out_.order.empty()) out_.measure = by_shift ? "boundary_shift" : "corrupted_disagreement";
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      out_.variants[v].rank = values.empty() ? 0 : rank[v];
      if (out_.variants[v].rank == 0) out_.order.push_back(v);
    }
  }

  const SeedSet& seeds_;
  const RankSettings& settings_;
  SearchSettings search_;
  LiveProgress& live_;
  const std::function<void(const RankProgress&)>& tell_;
  CachedModel cached_;  // the original, for the searches
  std::vector<Model*> models_;
  Party original_;
  std::vector<Party> variants_;
  int label_shift_ = 0;

  std::vector<SeedIndex> inputs_;                       // asked as they are
  std::vector<SeedIndex> usable_;                       // of them, those that could be seeds
  std::vector<int> usable_labels_;                      // what the original calls these
  std::vector<SeedIndex> chosen_;                       // of these, the seeds
  Answers of_inputs_;                                   // the original's
  std::vector<std::vector<double>> shift_, corrupted_;  // a variant: one value an input, a seed
  std::vector<std::vector<double>> shift_sums_;         // a variant: one value for each of usable_, over its points
  std::vector<int> shift_counts_;                       // of points of each of usable_
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
