// Measures Search::run.
#include "search_loop.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include <unistd.h>

#include "dflare/store.h"

namespace dflare::bench {
namespace {

// Counts what goes by; hands it on where there is someone to take it.
class CountingSink : public EventSink {
 public:
  explicit CountingSink(EventSink* next) : next_(next) {}

  void write(const Events& events) override {
    for (const Finding& f : events.findings) ++(f.kind == FindingKind::kNatural ? natural_ : findings_);
    for (const SeedDone& d : events.done) confirmations_ += d.confirmations;
    if (next_ != nullptr) next_->write(events);
  }

  void report(SearchTurn& turn) const {
    turn.findings = findings_;
    turn.natural = natural_;
    turn.confirmations = confirmations_;
  }

 private:
  EventSink* next_;
  std::int64_t findings_ = 0, natural_ = 0, confirmations_ = 0;
};

// Where run folders are written; removed when the program ends and not before: ext4 makes files slowly in the seconds
// after many were removed.
class Scratch {
 public:
  Scratch() : folder_(std::filesystem::temp_directory_path() / ("dflare-bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::unique_ptr<FindingStore> new_store() {
    auto store = FindingStore::create(folder_ / std::to_string(next_++));
    store->record(RunRecord{"{}", "{}", "[]"});
    return store;
  }

 private:
  std::filesystem::path folder_;
  int next_ = 0;
};

}  // namespace

SearchLoop::SearchLoop(const Pair& pair, SeedSet seeds, SearchSettings settings, double seconds)
    : pair_(pair), once_(std::move(seeds)), settings_(std::move(settings)) {
  settings_.time_limit_seconds = seconds;
  std::size_t copies = 1;
  prepare(copies);
  settings_.batch = search_->facts().batch;
  while (const auto more = more_copies(copies)) prepare(copies = *more);
}

void SearchLoop::prepare(std::size_t copies) {
  search_.reset();
  seeds_ = once_;
  for (std::size_t i = 1; i < copies; ++i) {
    seeds_.seeds.insert(seeds_.seeds.end(), once_.seeds.begin(), once_.seeds.end());
  }
  search_ = std::make_unique<Search>(pair_, seeds_, settings_, &live_);
}

std::optional<std::size_t> SearchLoop::more_copies(std::size_t copies) {
  constexpr std::size_t kMostBytes = 512ULL << 20U;
  EventSink* const none = nullptr;
  const SearchTurn trial = turn(none);
  if (trial.seconds >= settings_.time_limit_seconds) return {};
  const double factor = std::clamp(1.5 * settings_.time_limit_seconds / std::max(trial.seconds, 1e-3), 2.0, 32.0);
  const auto wanted = static_cast<std::size_t>(std::ceil(static_cast<double>(copies) * factor));
  const std::size_t bytes = once_.seeds.size() * search_->context().shape.size();
  const std::size_t most = std::max<std::size_t>(1, kMostBytes / std::max<std::size_t>(1, bytes));
  if (copies >= most) return {};
  return std::min(wanted, most);
}

SearchTurn SearchLoop::to_memory() { return turn(nullptr); }

SearchTurn SearchLoop::to_disk() {
  static Scratch scratch;
  const std::unique_ptr<FindingStore> store = scratch.new_store();
  return turn(store.get());
}

SearchTurn SearchLoop::turn(EventSink* next) {
  CountingSink sink(next);
  SearchTurn out;
  const std::int64_t before = live_.queries;
  const double cpu = cpu_seconds();
  const SearchResult result = search_->run({}, sink);
  out.cpu_seconds = cpu_seconds() - cpu;
  out.seconds = result.wall_seconds;
  out.queries = live_.queries - before;
  out.steps = result.steps;
  sink.report(out);
  return out;
}

}  // namespace dflare::bench
