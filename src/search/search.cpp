// A run: start-up, then W workers over the pending seeds.
#include "dflare/search.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "dflare/error.h"
#include "search/nothing_usable.h"
#include "search/start_up.h"
#include "search/worker.h"

namespace dflare {
namespace {

// Seeds of the plan that are not done yet; both lists rise.
std::vector<SeedIndex> without(const std::vector<SeedIndex>& plan, const std::vector<SeedIndex>& done) {
  std::vector<SeedIndex> left;
  std::set_difference(plan.begin(), plan.end(), done.begin(), done.end(), std::back_inserter(left));
  return left;
}

void add(StepSeconds& sum, const StepSeconds& steps) {
  sum.mutate += steps.mutate;
  sum.query += steps.query;
  sum.judge += steps.judge;
  sum.confirm += steps.confirm;
  sum.store += steps.store;
}

}  // namespace

struct Search::State {
  Pair pair;
  SearchSettings settings;
  StrategyFactory make_strategy;
  std::unique_ptr<LiveProgress> own_live;
  LiveProgress* live;
  StartUp start;
};

Search::Search(Pair pair, const SeedSet& seeds, SearchSettings settings, LiveProgress* live)
    : state_(std::make_unique<State>()) {
  state_->pair = pair;
  state_->settings = std::move(settings);
  state_->make_strategy = make_strategy_factory(state_->settings.strategy);
  if (live == nullptr) state_->own_live = std::make_unique<LiveProgress>();
  state_->live = live != nullptr ? live : state_->own_live.get();
  state_->start = start_up(pair, seeds, state_->settings, state_->live);
  if (state_->start.plan.empty() && !state_->live->stop) {
    throw nothing_usable(state_->start.context.status, state_->start.facts.figures);
  }
}

Search::~Search() = default;

const RunContext& Search::context() const { return state_->start.context; }
const PairFacts& Search::facts() const { return state_->start.facts; }
const std::vector<SeedIndex>& Search::plan() const { return state_->start.plan; }

SearchResult Search::run(const std::vector<SeedIndex>& done, EventSink& sink) {
  State& s = *state_;
  const std::vector<SeedIndex> pending = without(s.start.plan, done);
  s.live->seeds_total = static_cast<std::int64_t>(s.start.plan.size());
  s.live->seeds_done = static_cast<std::int64_t>(s.start.plan.size() - pending.size());
  SharedWork work{.context = s.start.context,
                  .facts = s.start.facts,
                  .settings = s.settings,
                  .make_strategy = s.make_strategy,
                  .pending = pending,
                  .sink = sink,
                  .live = *s.live};
  SearchResult result;
  std::exception_ptr failure;
  std::mutex end_lock;
  const auto run_worker = [&](int number) {
    try {
      Worker worker(s.pair, work, number);
      worker.run();
      const std::lock_guard lock(end_lock);
      add(result.steps, worker.steps());
    } catch (...) {
      const std::lock_guard lock(end_lock);
      if (!failure) failure = std::current_exception();
      work.stop = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto workers = std::min<std::size_t>(static_cast<std::size_t>(s.start.facts.workers), pending.size());
    for (std::size_t w = 1; w < workers; ++w) threads.emplace_back(run_worker, static_cast<int>(w));
    if (workers > 0) run_worker(0);
  }
  result.wall_seconds = work.started.seconds();
  if (failure) std::rethrow_exception(failure);
  const bool complete = s.live->seeds_done == s.live->seeds_total;
  if (!complete) result.end = s.live->stop ? SearchEnd::kStopped : SearchEnd::kTimeLimit;
  return result;
}

}  // namespace dflare
