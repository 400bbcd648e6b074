// One variant searched by one strategy, some seeds at a time.
#include "rank/searches.h"

#include "dflare/error.h"

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

}  // namespace dflare
