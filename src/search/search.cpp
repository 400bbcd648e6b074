// A run: start-up, then W workers over the pending seeds.
#include "dflare/search.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

#include "core/workers.h"
#include "dflare/error.h"
#include "dflare/hang.h"
#include "search/event_writer.h"
#include "search/nothing_usable.h"
#include "search/run_clock.h"
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

// Shows a watchdog's thread where the events of a run go.
class WriterInUse {
 public:
  WriterInUse(std::mutex& lock, EventWriter*& slot, EventWriter& writer) : lock_(lock), slot_(slot) {
    const std::lock_guard held(lock_);
    slot_ = &writer;
  }
  ~WriterInUse() {
    const std::lock_guard held(lock_);
    slot_ = nullptr;
  }
  WriterInUse(const WriterInUse&) = delete;
  WriterInUse& operator=(const WriterInUse&) = delete;

 private:
  std::mutex& lock_;
  EventWriter*& slot_;
};

void add(StepSeconds& sum, const StepSeconds& steps) {
  sum.mutate += steps.mutate;
  sum.query += steps.query;
  sum.judge += steps.judge;
  sum.confirm += steps.confirm;
}

}  // namespace

struct Search::State {
  Pair pair;
  SearchSettings settings;
  StrategyFactory make_strategy;
  std::unique_ptr<LiveProgress> own_live;
  LiveProgress* live = nullptr;
  StartUp start;
  std::mutex writer_lock;
  EventWriter* writer = nullptr;  // of the run under way
};

Search::Search(Pair pair, const SeedSet& seeds, SearchSettings settings, LiveProgress* live)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.pair = pair;
  s.settings = std::move(settings);
  if (auto& oracle = s.settings.oracle.oracle; oracle != nullptr)
    oracle = fit(*oracle, pair.original->info().parts, pair.compressed->info().parts);
  s.make_strategy = make_strategy_factory(s.settings.strategy);
  if (live == nullptr) s.own_live = std::make_unique<LiveProgress>();
  s.live = live != nullptr ? live : s.own_live.get();
  s.start = start_up(pair, seeds, s.settings, RunClock(0, s.settings.deadline), *s.live);
  if (s.start.plan.empty() && !s.live->stop) {
    throw nothing_usable(s.start.context.status, s.start.facts.figures);
  }
}

Search::~Search() = default;

const RunContext& Search::context() const { return state_->start.context; }
const PairFacts& Search::facts() const { return state_->start.facts; }
const std::vector<SeedIndex>& Search::plan() const { return state_->start.plan; }
const std::vector<FailedInput>& Search::failed_seeds() const { return state_->start.failed; }

SearchResult Search::run(const std::vector<SeedIndex>& done, EventSink& sink) {
  State& s = *state_;
  const Stopwatch watch;
  const RunClock clock(s.settings.time_limit_seconds, s.settings.deadline);
  const std::vector<SeedIndex> pending = without(s.start.plan, done);
  s.live->seeds_total = std::ssize(s.start.plan);
  s.live->seeds_done = std::ssize(s.start.plan) - std::ssize(pending);
  EventWriter writer(sink, *s.live);
  const WriterInUse in_use(s.writer_lock, s.writer, writer);
  Events of_start_up;
  of_start_up.failed = s.start.failed;
  writer.push(of_start_up, 0);

  const std::size_t workers = std::min(static_cast<std::size_t>(s.start.facts.workers), pending.size());
  SharedWork work{.context = s.start.context,
                  .facts = s.start.facts,
                  .settings = s.settings,
                  .make_strategy = s.make_strategy,
                  .pending = pending,
                  .workers = workers,
                  .clock = clock,
                  .writer = writer,
                  .live = *s.live};
  SearchResult result;
  std::mutex steps_lock;
  std::exception_ptr failure;
  try {
    if (workers > 0) {
      run_workers(workers, [&](int number, const std::atomic<bool>& another_failed) {
        Worker worker(s.pair, work, number);
        worker.run(another_failed);
        const std::lock_guard lock(steps_lock);
        add(result.steps, worker.steps());
      });
    }
  } catch (...) {
    failure = std::current_exception();
  }
  writer.finish();  // what was found is written whatever happened; its failure counts for more
  if (failure) std::rethrow_exception(failure);
  result.steps.store = writer.seconds();
  result.wall_seconds = watch.seconds();
  result.end = work.end;
  return result;
}

std::optional<FailedInput> Search::note_hung(int slot, double patience_seconds) {
  constexpr double kWaitForStore = 10;  // seconds
  State& s = *state_;
  const QueryUnderWay& query = s.live->queries_under_way[slot];
  const auto asked = query.look();
  if (!asked || asked->seeds.size() != asked->inputs.size()) return std::nullopt;
  const auto row = find_hung_input(query, asked->inputs, patience_seconds);
  if (!row) return std::nullopt;
  const bool original = asked->model == s.pair.original->info().path;
  FailedInput hung{.seed = asked->seeds[*row], .original = original, .compressed = !original, .hung = true};
  hung.why = "no answer for " + std::to_string(patience_seconds) + " seconds";
  encode_input(asked->inputs[*row].view(), hung.png);
  const std::lock_guard lock(s.writer_lock);
  if (s.writer != nullptr) {
    Events events;
    events.failed.push_back(hung);
    events.done.push_back({.seed = hung.seed, .end = ChainEnd::kModelFailed});
    s.writer->push(events, 0);
    s.writer->flush(kWaitForStore);
  }
  return hung;
}

}  // namespace dflare
