// Variants searched, some seeds at a time: by both strategies, and for natural regressions.
#include "rank/searches.h"

#include <algorithm>
#include <utility>

#include "core/array_values.h"
#include "dflare/error.h"
#include "rank/order.h"

namespace dflare {
namespace {

class OutcomeSink : public EventSink {
 public:
  OutcomeSink(std::vector<std::optional<SeedOutcome>>& outcomes, Goal goal) : outcomes_(outcomes), goal_(goal) {}

  void write(const Events& events) override {
    for (const Finding& f : events.findings) {
      if (f.flaky) continue;
      SeedOutcome& outcome = of(f.seed);
      outcome.found = true;
      const bool by_margins = goal_ == Goal::kRegression && f.kind != FindingKind::kNatural;
      outcome.severity = by_margins ? f.regression() : f.severity;
    }
    for (const SeedDone& done : events.done) {
      SeedOutcome& outcome = of(done.seed);
      outcome.queries = static_cast<double>(done.queries == 0 ? 1 : done.queries);  // 0: the seed itself is the finding
      const auto queries = static_cast<double>(done.queries);
      const double all = queries + static_cast<double>(done.refine_queries);
      outcome.seconds = all > 0 ? done.seconds * queries / all : 0;
    }
  }

 private:
  SeedOutcome& of(SeedIndex seed) {
    std::optional<SeedOutcome>& outcome = outcomes_[static_cast<std::size_t>(seed.value)];
    if (!outcome) outcome.emplace();
    return *outcome;
  }

  std::vector<std::optional<SeedOutcome>>& outcomes_;
  Goal goal_;
};

using Outcomes = std::span<const std::optional<SeedOutcome>>;

// By mean_estimate or median_estimate.
template <typename Figure>
std::optional<Estimate> over_seeds(Outcomes outcomes, double SeedOutcome::*value, std::uint64_t rng_seed,
                                   const Figure& figure) {
  std::vector<double> values;
  for (const std::optional<SeedOutcome>& o : outcomes) {
    if (o) values.push_back((*o).*value);
  }
  if (values.empty()) return std::nullopt;
  return figure(values, rng_seed);
}

std::optional<Estimate> mean_of(Outcomes outcomes, double SeedOutcome::*value, std::uint64_t rng_seed) {
  return over_seeds(outcomes, value, rng_seed, mean_estimate);
}

double found(Outcomes outcomes) {
  Share s;
  for (const std::optional<SeedOutcome>& o : outcomes) {
    if (!o) continue;
    ++s.whole;
    s.part += o->found ? 1 : 0;
  }
  return s.value();
}

// Of images that are compared by labels: other inputs have no natural changes of that kind, oracles no right answer.
bool looks_for_regressions(const SearchSettings& settings, const RankSettings& ranking) {
  return ranking.regression_queries > 0 && ranking.regression_seeds > 0 && settings.oracle.labels() &&
         settings.strategy.kind == InputKind::kImage;
}

SearchSettings every_seed_to_its_end(const std::string& strategy, SearchSettings s) {
  s.strategy = {.name = strategy, .end_points = EndPoints::kBlend, .kind = s.strategy.kind};
  s.min_severity = 0;
  s.robust = 0;
  s.min_robust = 0;
  s.max_seeds = 0;
  s.seed_filter = SeedFilter::kAgree;  // they are seeds by the original's answer
  s.time_limit_seconds = 0;
  return s;
}

}  // namespace

SearchSettings comparison_settings(const std::string& strategy, SearchSettings s, std::int64_t refine_queries) {
  s = every_seed_to_its_end(strategy, std::move(s));
  const bool climbs = s.strategy.name == "boundary" && has_slopes(s.strategy.kind);
  s.refine = climbs ? Refine::kPixels : Refine::kNone;
  s.refine_queries = refine_queries;
  return s;
}

SearchSettings regression_settings(SearchSettings s, std::int64_t queries) {
  s = every_seed_to_its_end("natural", std::move(s));
  s.goal = Goal::kRegression;
  s.refine = Refine::kClimb;
  s.max_queries = s.total_queries = s.refine_queries = queries;
  return s;
}

SeedSearch::SeedSearch(Pair pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress& live)
    : outcomes_(seeds.seeds.size()), goal_(settings.goal) {
  try {
    search_ = std::make_unique<Search>(pair, seeds, settings, &live);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNoUsableSeed) throw;
  }
}

bool SeedSearch::run(std::size_t first, std::size_t end) {
  if (search_ == nullptr) return true;
  std::vector<SeedIndex> not_now;
  for (const SeedIndex seed : search_->plan()) {
    const auto at = static_cast<std::size_t>(seed.value);
    if (at < first || at >= end) not_now.push_back(seed);
  }
  OutcomeSink sink(outcomes_, goal_);
  return search_->run(not_now, sink).end == SearchEnd::kComplete;
}

VariantSearches::VariantSearches(const Model& original, std::span<Model* const> variants)
    : original_(original.clone()), variants_(variants.begin(), variants.end()) {}

bool VariantSearches::begin(const SeedSet& inputs, std::span<const SeedIndex> chosen, const SearchSettings& settings,
                            const RankSettings& ranking, LiveProgress& live,
                            const std::function<void(std::size_t done, std::size_t of)>& tell) {
  rng_seed_ = settings.rng_seed;
  regression_seeds_ = static_cast<std::size_t>(ranking.regression_seeds);
  seeds_ = {.path = inputs.path, .seeds = {}, .labelled = false, .form = inputs.form};
  for (const SeedIndex i : chosen) seeds_.seeds.push_back(inputs.seeds[static_cast<std::size_t>(i.value)]);
  for (Model* const variant : variants_) {
    tell(boundary_.size(), variants_.size());
    const auto search = [&](const SearchSettings& how) {
      return std::make_unique<SeedSearch>(Pair{&original_, variant}, seeds_, how, live);
    };
    boundary_.push_back(search(comparison_settings("boundary", settings, ranking.refine_queries)));
    dflare_.push_back(search(comparison_settings("dflare", settings, ranking.refine_queries)));
    if (looks_for_regressions(settings, ranking))
      regression_.push_back(search(regression_settings(settings, ranking.regression_queries)));
    if (live.stop) return false;
  }
  return true;
}

bool VariantSearches::run(std::size_t first, std::size_t end) {
  const auto run = [=](const std::unique_ptr<SeedSearch>& search) { return search->run(first, end); };
  if (!std::ranges::all_of(boundary_, run) || !std::ranges::all_of(dflare_, run)) return false;
  const std::size_t last = std::min(end, regression_seeds_);
  return first >= last ||
         std::ranges::all_of(regression_, [=](const auto& search) { return search->run(first, last); });
}

void VariantSearches::summarise(std::size_t variant, std::size_t searched, VariantMeasures& out) const {
  const Outcomes boundary = boundary_[variant]->outcomes().first(searched);
  const Outcomes dflare = dflare_[variant]->outcomes().first(searched);
  out.severity = mean_of(boundary, &SeedOutcome::severity, rng_seed_);
  out.queries_boundary = mean_of(boundary, &SeedOutcome::queries, rng_seed_);
  out.queries_dflare = mean_of(dflare, &SeedOutcome::queries, rng_seed_);
  const auto seconds = [this](Outcomes outcomes) {
    const std::optional<Estimate> m = mean_of(outcomes, &SeedOutcome::seconds, rng_seed_);
    return m ? m->value : 0.0;
  };
  out.seconds_boundary = seconds(boundary);
  out.seconds_dflare = seconds(dflare);
  out.found_boundary = found(boundary);
  out.found_dflare = found(dflare);
  if (regression_.empty()) return;
  const Outcomes regression = regression_[variant]->outcomes().first(std::min(searched, regression_seeds_));
  out.regression = over_seeds(regression, &SeedOutcome::severity, rng_seed_, median_estimate);
  out.found_regression = found(regression);
}

}  // namespace dflare
