// Variants searched by both strategies, some seeds at a time.
#include "rank/searches.h"

#include <algorithm>

#include "dflare/error.h"
#include "rank/order.h"

namespace dflare {
namespace {

class OutcomeSink : public EventSink {
 public:
  explicit OutcomeSink(std::vector<std::optional<SeedOutcome>>& outcomes) : outcomes_(outcomes) {}

  void write(const Events& events) override {
    for (const Finding& f : events.findings) {
      if (f.flaky) continue;
      SeedOutcome& outcome = of(f.seed);
      outcome.found = true;
      outcome.severity = f.severity;
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
};

SearchSettings settings_for(const char* strategy, SearchSettings s, std::int64_t refine_queries) {
  s.strategy = {.name = strategy, .end_points = EndPoints::kBlend};
  s.refine = s.strategy.name == "boundary" ? Refine::kClimb : Refine::kNone;
  s.refine_queries = refine_queries;
  s.min_severity = 0;
  s.max_seeds = 0;
  s.seed_filter = SeedFilter::kAgree;  // they are seeds by the original's answer
  s.time_limit_seconds = 0;
  return s;
}

using Outcomes = std::span<const std::optional<SeedOutcome>>;

std::optional<Estimate> mean_of(Outcomes outcomes, double SeedOutcome::*figure, std::uint64_t rng_seed) {
  std::vector<double> values;
  for (const std::optional<SeedOutcome>& o : outcomes) {
    if (o) values.push_back((*o).*figure);
  }
  if (values.empty()) return std::nullopt;
  return mean_estimate(values, rng_seed);
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

}  // namespace

SeedSearch::SeedSearch(Pair pair, const SeedSet& seeds, const SearchSettings& settings, LiveProgress& live)
    : outcomes_(seeds.seeds.size()) {
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
  OutcomeSink sink(outcomes_);
  return search_->run(not_now, sink).end == SearchEnd::kComplete;
}

VariantSearches::VariantSearches(const Model& original, std::span<Model* const> variants)
    : original_(original.clone()), variants_(variants.begin(), variants.end()) {}

bool VariantSearches::begin(const SeedSet& inputs, std::span<const SeedIndex> chosen, const SearchSettings& settings,
                            std::int64_t refine_queries, LiveProgress& live,
                            const std::function<void(std::size_t done, std::size_t of)>& tell) {
  rng_seed_ = settings.rng_seed;
  seeds_ = {.path = inputs.path, .seeds = {}, .labelled = false};
  for (const SeedIndex i : chosen) seeds_.seeds.push_back(inputs.seeds[static_cast<std::size_t>(i.value)]);
  const auto search = [&](Model* variant, const char* strategy) {
    return std::make_unique<SeedSearch>(Pair{&original_, variant}, seeds_,
                                        settings_for(strategy, settings, refine_queries), live);
  };
  for (Model* const variant : variants_) {
    tell(boundary_.size(), variants_.size());
    boundary_.push_back(search(variant, "boundary"));
    dflare_.push_back(search(variant, "dflare"));
    if (live.stop) return false;
  }
  return true;
}

bool VariantSearches::run(std::size_t first, std::size_t end) {
  const auto run = [=](const std::unique_ptr<SeedSearch>& search) { return search->run(first, end); };
  return std::ranges::all_of(boundary_, run) && std::ranges::all_of(dflare_, run);
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
}

}  // namespace dflare
