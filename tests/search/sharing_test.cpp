// Work is shared out: few seeds keep all workers busy, and no worker waits for the disk.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr int kWorkers = 16;

using Milliseconds = std::chrono::milliseconds;

// Counts how long it is asked: what it sleeps costs no core, so that a loaded machine keeps up.
struct Sleeper {
  std::atomic<std::int64_t> slept{0};  // ns
  [[nodiscard]] toy::Function function(Milliseconds pause) {
    return [this, pause, f = toy::linear(kShape, 4, 0)](InputView in, std::span<float> out) {
      const auto before = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(pause);
      slept += std::chrono::nanoseconds(std::chrono::steady_clock::now() - before).count();
      f(in, out);
    };
  }
};

class SharingBatch : public testing::TestWithParam<int> {};

TEST_P(SharingBatch, HundredSeedsKeepSixteenWorkersBusy) {
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.max_queries = 30;
  s.batch = GetParam();
  s.workers = kWorkers;
  const SeedSet seeds = toy::varied_seeds(kShape, 100);
  double busy = 0;
  for (int attempt = 0; attempt < 5 && busy < 12; ++attempt) {  // a machine that others use wakes sleepers late
    Sleeper sleeper;
    const toy::ToyPair models(kShape, 4, sleeper.function(Milliseconds(4)), toy::linear(kShape, 4, 0));
    toy::CollectingSink sink;
    Search search(models.pair(), seeds, s);
    sleeper.slept = 0;
    const SearchResult result = search.run({}, sink);
    EXPECT_EQ(sink.events.done.size(), search.plan().size());
    busy = std::max(busy, static_cast<double>(sleeper.slept) * 1e-9 / result.wall_seconds);
  }
  EXPECT_GE(busy, 12.0);
}

INSTANTIATE_TEST_SUITE_P(, SharingBatch, testing::Values(0, 64),
                         [](const auto& tested) { return tested.param == 0 ? "measured" : "of64"; });

TEST(Sharing, FindingsAreTheSameHoweverItIsShared) {
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  SearchSettings s = toy::settings();
  s.strategy.name = "boundary";
  s.batch = 1;
  const auto expected = toy::told(toy::search(toy::linear_pair(), seeds, s));
  for (const int workers : {2, 16, 40}) {
    for (const int batch : {1, 64}) {
      s.workers = workers;
      s.batch = batch;
      EXPECT_EQ(toy::told(toy::search(toy::linear_pair(), seeds, s)), expected) << workers << " workers, " << batch;
    }
  }
}

class SlowSink : public toy::CollectingSink {
 public:
  void write(const Events& e) override {
    std::this_thread::sleep_for(Milliseconds(50));
    CollectingSink::write(e);
  }
};

// A commit takes 50 ms, and the 40 seeds end one after another: one by one that would be 2 s.
TEST(Writer, GathersWhatComesInWhileItWrites) {
  Sleeper sleeper;
  const toy::ToyPair models(kShape, 4, sleeper.function(Milliseconds(1)), toy::linear(kShape, 4, 0));
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.max_queries = 4;
  s.batch = 1;
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  SlowSink sink;
  LiveProgress live;
  Search search(models.pair(), seeds, s, &live);
  search.run({}, sink);
  EXPECT_EQ(sink.events.done.size(), search.plan().size()) << "all is written when it returns";
  EXPECT_EQ(live.seeds_done, live.seeds_total);
  EXPECT_LT(sink.writes, static_cast<int>(search.plan().size()) / 2);
}

}  // namespace
}  // namespace dflare
