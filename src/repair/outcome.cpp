// A repair worked out: its head, and what that is worth.
#include <algorithm>

#include "core/pacer.h"
#include "core/spread.h"
#include "dflare/repair_report.h"

namespace dflare {
namespace {

constexpr std::uint64_t kRepeatStride = 1000;  // between the run seeds of repeats; folds count from each
constexpr double kTrial = 1.0 / 16;            // of the natural rows: from so many it is foreseen how long all take
constexpr double kShareForHead = 0.6;          // of the time there is

NaturalEffect effect_of(const NaturalAnswers& answers, const RepairHead& head, std::uint64_t rng_seed) {
  std::vector<RepairedImage> images;
  for (std::size_t i = 0; i < answers.images.size(); ++i) {
    images.push_back({answers.images[i].seed, answers.truth[i], answers.original[i].label, answers.compressed[i].label,
                      repaired_label(head, answers.compressed[i])});
  }
  return natural_effect(images, rng_seed);
}

// The same over the search's own natural rows, by heads that did not see them.
NaturalEffect out_of_fold(const RepairData& data, const CrossValidation& folds, bool corrupted,
                          std::uint64_t rng_seed) {
  std::vector<RepairedImage> images;
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    const bool wanted = (data.image_of_row[i].corruption >= 0) == corrupted;
    if (data.rows.kind[i] != RepairRowKind::kNatural || !wanted) continue;
    images.push_back({data.rows.seed[i], data.truth_of_row[i], data.rows.original[i].label,
                      data.rows.compressed[i].label, folds.label[i]});
  }
  return natural_effect(images, rng_seed);
}

class Work {
 public:
  Work(const RepairData& data, const RepairSettings& settings, const std::atomic<bool>* stop, const Tell& tell,
       double seconds)
      : data_(data),
        settings_(settings),
        stop_(stop),
        tell_(tell),
        seconds_(seconds),
        method_(repair_method(settings.method)) {}

  RepairOutcome run() {
    trained();
    train();
    outcome_.trained = !stopped();
    if (outcome_.trained && data_.held_out != HeldOut::kOutOfFold) {
      outcome_.clean = effect_of(data_.clean, outcome_.head, settings_.rng_seed);
      outcome_.corrupted = effect_of(data_.corrupted, outcome_.head, settings_.rng_seed);
    }
    for (int repeat = 0; repeat < settings_.repeats && !stopped(); ++repeat) validate(repeat);
    const bool needs_folds = data_.held_out == HeldOut::kOutOfFold;
    outcome_.judged = outcome_.trained && !(needs_folds && outcome_.repeats.empty());
    if (needs_folds && outcome_.judged) {
      outcome_.clean = out_of_fold(data_, outcome_.repeats.front(), false, settings_.rng_seed);
      outcome_.corrupted = out_of_fold(data_, outcome_.repeats.front(), true, settings_.rng_seed);
    }
    outcome_.complete =
        outcome_.judged && outcome_.natural == data_.natural && std::ssize(outcome_.repeats) == settings_.repeats;
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] bool stopped() const { return stop_ != nullptr && *stop_; }

  // All rows that are not natural, and so many of these, spread evenly.
  [[nodiscard]] std::vector<std::size_t> rows_with(double share_of_natural) const {
    std::vector<std::size_t> natural;
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < data_.rows.size(); ++i) {
      (data_.rows.kind[i] == RepairRowKind::kNatural ? natural : rows).push_back(i);
    }
    const std::vector<std::size_t> order = spread_order(natural.size());
    const auto wanted = static_cast<std::size_t>(share_of_natural * static_cast<double>(natural.size()));
    for (std::size_t i = 0; i < std::min(wanted, order.size()); ++i) rows.push_back(natural[order[i]]);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  void train() {
    double share = 1;
    if (seconds_ > 0 && method_.learns_from_natural) {
      const Elapsed trial;
      const std::vector<std::size_t> some = rows_with(kTrial);
      outcome_.head = train_head(method_, data_.rows, some, settings_.rng_seed, stop_);
      const double all_take = trial.seconds() / kTrial;
      share = std::clamp((kShareForHead * seconds_ - trial.seconds()) / all_take, kTrial, 1.0);
      if (share <= kTrial) {
        outcome_.natural = natural_among(some);
        return;
      }
    }
    const std::vector<std::size_t> rows = rows_with(share);
    outcome_.head = train_head(method_, data_.rows, rows, settings_.rng_seed, stop_);
    outcome_.natural = natural_among(rows);
  }

  [[nodiscard]] std::int64_t natural_among(const std::vector<std::size_t>& rows) const {
    return std::ranges::count_if(rows, [this](std::size_t i) { return data_.rows.kind[i] == RepairRowKind::kNatural; });
  }

  void validate(int repeat) {
    const std::uint64_t rng_seed = settings_.rng_seed + kRepeatStride * static_cast<std::uint64_t>(repeat);
    CrossValidation folds =
        cross_validate(method_, data_.rows, kRepairFolds, rng_seed, stop_, [this](int) { trained(); });
    if (!stopped()) outcome_.repeats.push_back(std::move(folds));
  }

  // Called before every head.
  void trained() {
    const int heads = 1 + kRepairFolds * settings_.repeats;
    if (tell_) {
      const double left = begun_ == 0 ? -1 : elapsed_.seconds() / begun_ * (heads - begun_);
      tell_({.step = "training heads", .done = begun_, .of = heads, .seconds_left = left});
    }
    ++begun_;
  }

  const RepairData& data_;
  const RepairSettings& settings_;
  const std::atomic<bool>* stop_;
  const Tell& tell_;
  const double seconds_;
  const RepairMethod& method_;
  const Elapsed elapsed_;
  int begun_ = 0;
  RepairOutcome outcome_;
};

}  // namespace

std::string to_string(HeldOut held_out) {
  return held_out == HeldOut::kUnasked ? "not_asked" : held_out == HeldOut::kGiven ? "given" : "out_of_fold";
}

std::string to_string(RepairVerdict verdict) {
  switch (verdict) {
    case RepairVerdict::kLowers:
      return "lowers";
    case RepairVerdict::kCannotTell:
      return "cannot_tell";
    case RepairVerdict::kRaises:
      return "raises";
    case RepairVerdict::kChangesNothing:
      return "changes_nothing";
    case RepairVerdict::kNotJudged:
      return "not_judged";
  }
  return "";
}

RepairVerdict RepairOutcome::verdict() const {
  if (!judged) return RepairVerdict::kNotJudged;
  if (head.layers.empty()) return RepairVerdict::kChangesNothing;  // whatever heads of single folds did
  if (clean.raises() || corrupted.raises()) return RepairVerdict::kRaises;
  return clean.lowers() || corrupted.lowers() ? RepairVerdict::kLowers : RepairVerdict::kCannotTell;
}

RepairOutcome work_out_repair(const RepairData& data, const RepairSettings& settings, const std::atomic<bool>* stop,
                              const Tell& tell, double seconds) {
  check_repair_settings(settings);
  return Work(data, settings, stop, tell, seconds).run();
}

RepairRatios mean_ratios(const std::vector<CrossValidation>& repeats) {
  std::vector<double> repaired;
  std::vector<double> induced;
  std::vector<double> improved;
  for (const CrossValidation& repeat : repeats) {
    repaired.push_back(repair_ratio(repeat.counts));
    induced.push_back(inducing_ratio(repeat.counts));
    improved.push_back(improvement_ratio(repeat.counts));
  }
  return {mean(repaired), mean(induced), mean(improved)};
}

RepairReport repair_report(const RepairData& data, const RepairSettings& settings, RepairOutcome outcome) {
  const bool complete = data.complete && outcome.complete;
  const std::int64_t natural = outcome.natural;
  return {.settings = settings,
          .seeds = data.seeds,
          .findings = data.findings,
          .natural = natural,
          .classes_never_seen = data.classes_never_seen,
          .held_out = data.held_out,
          .outcome = std::move(outcome),
          .complete = complete};
}

}  // namespace dflare
