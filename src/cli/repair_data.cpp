// What a repair learns from and is judged by, asked of a run's two models.
#include "cli/repair_data.h"
#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/settings.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLeastHeldOut = 50;        // inputs: fewer tell nothing of a share of a few percent
constexpr std::int64_t kNaturalImages = 20'000;  // to learn from, unless --natural says otherwise
constexpr std::int64_t kLeastNatural = 13, kMostNatural = 130;  // an input: each kind of corruption once, ten times
constexpr std::uint64_t kTrainingKeys = 0x7472616e00000000;  // corruptions to learn from and to be judged by are drawn
constexpr std::uint64_t kMeasureKeys = 0x6d65617300000000;   // from streams of their own

std::string status_of(const PastRun& run, std::size_t i) {
  return run.seed_record.at(i).at("status").get<std::string>();
}

// Rows of answers, one after another.
class Rows {
 public:
  void add(const Answers& original, const Answers& compressed) {
    classes_ = original.classes();
    for (std::size_t i = 0; i < original.rows(); ++i) {
      const auto f = original.raw(i);
      const auto g = compressed.raw(i);
      original_.insert(original_.end(), f.begin(), f.end());
      compressed_.insert(compressed_.end(), g.begin(), g.end());
    }
  }
  void move_to(RepairRows& rows, const PastRun& run) const {
    fill(rows.original, original_, run.original);
    fill(rows.compressed, compressed_, run.compressed);
  }

 private:
  void fill(Answers& answers, const std::vector<float>& raw, OutputReading reading) const {
    std::ranges::copy(raw, answers.prepare(raw.size() / classes_, classes_).begin());
    reading.skip_classes = 0;  // they are left out already
    answers.interpret(reading);
  }

  std::size_t classes_ = 1;
  std::vector<float> original_, compressed_;
};

class Gathering {
 public:
  Gathering(const PastRun& run, int folds, std::atomic<std::int64_t>& asked) : run_(run), asked_(asked) {
    const std::vector<SeedIndex> searched = seeds_searched();
    std::vector<SeedIndex> of_finding;
    const SeedSet findings = findings_of(searched, of_finding);
    check_enough(searched, of_finding, folds);
    ask(run.seeds, clean_images(searched), RepairRowKind::kSeed, searched);
    std::vector<SeedIndex> all;
    for (std::size_t i = 0; i < of_finding.size(); ++i) all.emplace_back(static_cast<std::int32_t>(i));
    ask(findings, clean_images(all), RepairRowKind::kFinding, of_finding);
    data_.seeds = std::ssize(searched);
    data_.findings = std::ssize(of_finding);
  }

  RepairData finish() {
    choose_held_out();
    const bool out_of_fold = data_.held_out == HeldOut::kOutOfFold;
    if (out_of_fold || repair_method(run_.options.method).learns_from_natural) ask_natural();
    rows_.move_to(data_.rows, run_);
    note_classes_never_seen();
    return std::move(data_);
  }

 private:
  [[nodiscard]] std::vector<SeedIndex> seeds_searched() const {
    std::vector<SeedIndex> list;
    for (const SeedDone& done : run_.store->done()) {
      if (status_of(run_, static_cast<std::size_t>(done.seed.value)) == to_string(SeedStatus::kUsable)) {
        list.push_back(done.seed);
      }
    }
    return list;
  }

  // The confirmed findings of those seeds, as a set of inputs.
  SeedSet findings_of(const std::vector<SeedIndex>& searched, std::vector<SeedIndex>& of_finding) const {
    SeedSet set;
    run_.store->for_each_finding(true, [&](const Finding& f) {
      const bool wanted = std::binary_search(searched.begin(), searched.end(), f.seed);
      if (!wanted || f.flaky || f.kind == FindingKind::kNatural) return;
      set.seeds.push_back(
          {.input = decode_image(f.png, png_name(f)), .label = -1, .source = png_name(f), .problem = {}});
      of_finding.push_back(f.seed);
    });
    return set;
  }

  void check_enough(const std::vector<SeedIndex>& searched, const std::vector<SeedIndex>& of_finding, int folds) const {
    const std::string run = run_.store->folder().string();
    const std::set<SeedIndex> with(of_finding.begin(), of_finding.end());
    if (with.empty()) {
      throw Error(ErrorCode::kBadInput, fmt::format("the run in {} has no deviations to learn from", run),
                  "search with more --max-queries; where the models agree everywhere there is nothing to repair");
    }
    if (std::ssize(with) < folds) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("the run in {} found deviations from {} inputs ({} searched), too few for {} folds", run,
                              with.size(), searched.size(), folds),
                  fmt::format("search more inputs: {} are the least, 100 make sense", folds));
    }
  }

  // Asks both models the images; row i counts as of seed[i].
  void ask(const SeedSet& set, const std::vector<NaturalImage>& images, RepairRowKind kind,
           const std::vector<SeedIndex>& seed) {
    rows_.add(ask_one(*run_.pair.original, run_.original, set, images),
              ask_one(*run_.pair.compressed, run_.compressed, set, images));
    data_.rows.seed.insert(data_.rows.seed.end(), seed.begin(), seed.end());
    data_.rows.kind.insert(data_.rows.kind.end(), images.size(), kind);
    data_.image_of_row.insert(data_.image_of_row.end(), images.begin(), images.end());
    const std::vector<int> truth =
        kind == RepairRowKind::kNatural ? truth_of(set, images) : std::vector<int>(images.size(), -1);
    data_.truth_of_row.insert(data_.truth_of_row.end(), truth.begin(), truth.end());
  }

  [[nodiscard]] Answers ask_one(const Model& model, const OutputReading& reading, const SeedSet& set,
                                const std::vector<NaturalImage>& images) const {
    return ask_all(model, reading, set, images, {.workers = static_cast<int>(run_.options.workers), .asked = &asked_});
  }

  [[nodiscard]] std::vector<int> truth_of(const SeedSet& set, const std::vector<NaturalImage>& images) const {
    const int offset =
        std::min(label_offset(run_.options, Side::kOriginal), label_offset(run_.options, Side::kCompressed));
    std::vector<int> truth;
    for (const NaturalImage& image : images) {
      const int label = set.seeds[static_cast<std::size_t>(image.seed.value)].label;
      truth.push_back(label < 0 ? -1 : label + offset);
    }
    return truth;
  }

  // What the run asked, whatever the models said: the natural frequency of disagreement. And what was kept for it of
  // what the run did not ask.
  [[nodiscard]] std::vector<SeedIndex> inputs_to_learn_from() const {
    std::vector<SeedIndex> list = unasked_to_learn_from_;
    for (std::size_t i = 0; i < run_.seed_record.size(); ++i) {
      const std::string status = status_of(run_, i);
      const bool out = status == to_string(SeedStatus::kNotAsked) || status == to_string(SeedStatus::kUnreadable) ||
                       status == to_string(SeedStatus::kNotFinite);
      if (!out) list.emplace_back(static_cast<std::int32_t>(i));
    }
    std::sort(list.begin(), list.end());
    return list;
  }

  // Where nothing is learnt from them, they are there to judge by.
  [[nodiscard]] int natural_per_input(std::size_t inputs) const {
    const Options& options = run_.options;
    if (!repair_method(options.method).learns_from_natural) return static_cast<int>(options.corruptions);
    if (options.natural > 0) return static_cast<int>(options.natural);
    const auto wanted = kNaturalImages / static_cast<std::int64_t>(std::max<std::size_t>(1, inputs));
    return static_cast<int>(std::clamp(wanted, kLeastNatural, kMostNatural));
  }

  void ask_natural() {
    const std::vector<SeedIndex> inputs = inputs_to_learn_from();
    const auto add = [&](const std::vector<NaturalImage>& images) {
      std::vector<SeedIndex> seed;
      for (const NaturalImage& image : images) seed.push_back(image.seed);
      ask(run_.seeds, images, RepairRowKind::kNatural, seed);
      data_.natural += std::ssize(images);
    };
    add(clean_images(inputs));
    add(corrupted_images(inputs, natural_per_input(inputs.size()), kTrainingKeys + seed_of_run()));
  }

  [[nodiscard]] std::uint64_t seed_of_run() const { return static_cast<std::uint64_t>(run_.options.rng_seed); }

  // Inputs that are given are all held out. Of those that the run left, every other one is; the rest is for methods
  // that learn from natural images.
  void choose_held_out() {
    const bool is_given = !run_.options.held_out.empty();
    SeedSet given;
    std::vector<SeedIndex> list;
    if (is_given) {
      given = load_held_out();
      unasked_to_learn_from_ = unasked();
      for (std::size_t i = 0; i < given.seeds.size(); ++i) {
        if (given.seeds[i].problem.empty()) list.emplace_back(static_cast<std::int32_t>(i));
      }
    } else {
      for (const SeedIndex i : unasked())
        (list.size() <= unasked_to_learn_from_.size() ? list : unasked_to_learn_from_).push_back(i);
    }
    data_.held_out_inputs = list.size();
    if (list.size() < kLeastHeldOut) {
      if (!is_given) unasked_to_learn_from_ = unasked();
      return;
    }
    data_.held_out = is_given ? HeldOut::kGiven : HeldOut::kUnasked;
    const SeedSet& set = is_given ? given : run_.seeds;
    const auto per_input = static_cast<int>(run_.options.corruptions);
    measure(set, clean_images(list), data_.clean);
    measure(set, corrupted_images(list, per_input, kMeasureKeys + seed_of_run()), data_.corrupted);
  }

  [[nodiscard]] std::vector<SeedIndex> unasked() const {
    std::vector<SeedIndex> list;
    for (std::size_t i = 0; i < run_.seed_record.size(); ++i) {
      const bool left = status_of(run_, i) == to_string(SeedStatus::kNotAsked);
      if (left && run_.seeds.seeds[i].problem.empty()) list.emplace_back(static_cast<std::int32_t>(i));
    }
    return list;
  }

  [[nodiscard]] SeedSet load_held_out() const {
    Options options = run_.options;
    options.labels = options.held_out_labels;
    SeedSet set = load_seeds(options.held_out, seed_options(options, run_.pair.original->info()));
    print_notes(options, set);
    return set;
  }

  void measure(const SeedSet& set, std::vector<NaturalImage> images, NaturalAnswers& out) const {
    out.original = ask_one(*run_.pair.original, run_.original, set, images);
    out.compressed = ask_one(*run_.pair.compressed, run_.compressed, set, images);
    out.truth = truth_of(set, images);
    out.images = std::move(images);
  }

  void note_classes_never_seen() {
    std::set<int> seen;
    for (std::size_t i = 0; i < data_.rows.size(); ++i) seen.insert(data_.rows.original[i].label);
    for (int c = 0; c < static_cast<int>(data_.rows.original.classes()); ++c) {
      if (!seen.contains(c)) data_.classes_never_seen.push_back(c);
    }
  }

  const PastRun& run_;
  std::atomic<std::int64_t>& asked_;
  RepairData data_;
  Rows rows_;
  std::vector<SeedIndex> unasked_to_learn_from_;
};

}  // namespace

RepairData gather(const PastRun& run, int folds, std::atomic<std::int64_t>& asked) {
  return Gathering(run, folds, asked).finish();
}

}  // namespace dflare::cli
