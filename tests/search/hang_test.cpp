// Models that do not come back: noticed in time, and brought home to one input.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <thread>

#include "dflare/hang.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr std::int64_t kSecond = 1'000'000'000;

// A query that a test begins and ends itself.
struct Query {
  std::unique_ptr<LiveProgress> live = std::make_unique<LiveProgress>();
  std::unique_ptr<Model> model = make_function_model(kShape, 2, [](InputView, std::span<float>) {});
  std::int64_t begin() {
    live->queries_under_way[3].begin(*model, {}, {});
    return live->queries_under_way[3].started();
  }
};

TEST(HangDetector, TellsTheSlotOfAQueryThatTakesTooLong) {
  Query query;
  HangDetector detector(*query.live, 10, 1);
  const std::int64_t began = query.begin();
  for (int second = 0; second < 10; ++second) EXPECT_FALSE(detector.look(began + second * kSecond)) << second;
  EXPECT_FALSE(detector.look(began + 10 * kSecond));
  EXPECT_EQ(detector.look(began + 11 * kSecond), 3);
}

TEST(HangDetector, ModelsThatEndTheirHangsThemselvesAreNotWatched) {
  Query query;
  query.model =
      make_batch_model({.path = "child", .shape = kShape, .classes = 2, .ends_hangs = true}, [](auto, auto) {});
  HangDetector detector(*query.live, 10, 1);
  query.begin();
  for (int second = 0; second < 100; ++second) EXPECT_FALSE(detector.look(second * kSecond));
}

TEST(HangDetector, QueriesThatComeBackAreNotAddedUp) {
  Query query;
  HangDetector detector(*query.live, 10, 1);
  std::int64_t now = 0;
  for (int i = 0; i < 40; ++i, now += kSecond) {
    if (i % 8 == 0) {
      query.live->queries_under_way[3].end();
      now = std::max(now, query.begin());
    }
    EXPECT_FALSE(detector.look(now));
  }
}

// Ctrl-Z for an hour, in the middle of a query.
TEST(HangDetector, TimeInWhichTheProcessWasStoppedDoesNotCount) {
  Query query;
  HangDetector detector(*query.live, 10, 1);
  const std::int64_t began = query.begin();
  EXPECT_FALSE(detector.look(began));
  EXPECT_FALSE(detector.look(began + kSecond));
  EXPECT_FALSE(detector.look(began + 3600 * kSecond));
  EXPECT_FALSE(detector.look(began + 3601 * kSecond));
  bool told = false;
  for (int second = 3602; second < 3615; ++second) told = told || detector.look(began + second * kSecond);
  EXPECT_TRUE(told) << "what goes on hanging is noticed all the same";
}

// Does not come back from bright images until it is released.
class Latch {
 public:
  void wait() {
    std::unique_lock held(lock_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(held, [this] { return open_; });
  }
  void wait_until_someone_hangs() {
    std::unique_lock held(lock_);
    changed_.wait(held, [this] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard held(lock_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

TEST(Hang, IsBroughtHomeToOneInputWhoseChainHasEnded) {
  const auto latch = std::make_shared<Latch>();
  const auto hangs = [latch, f = toy::linear(kShape, 4, 0)](InputView in, std::span<float> out) {
    if (toy::mean_of(in) > 205) latch->wait();
    f(in, out);
  };
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), hangs);
  SeedSet seeds = toy::varied_seeds(kShape, 30);
  std::erase_if(seeds.seeds, [](const Seed& seed) { return toy::mean_of(seed.input.view()) > 200; });
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.strategy.operators = "multiplicative-noise,pixel-change";
  LiveProgress live;
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, s, &live);
  std::thread run([&] { search.run({}, sink); });
  latch->wait_until_someone_hangs();
  EXPECT_GT(live.queries_under_way[0].look()->inputs.size(), 1U) << "one of several asked together";
  const auto hung = search.note_hung(0, 0.3);
  ASSERT_TRUE(hung.has_value());
  EXPECT_TRUE(hung->hung);
  EXPECT_GT(toy::mean_of(decode_image(hung->png, "evidence").view()), 205);
  ASSERT_EQ(sink.events.failed.size(), 1U) << "stored when note_hung returns";
  EXPECT_EQ(sink.events.failed[0].seed, hung->seed);
  const auto done = std::ranges::find(sink.events.done, hung->seed, &SeedDone::seed);
  ASSERT_NE(done, sink.events.done.end());
  EXPECT_EQ(done->end, ChainEnd::kModelFailed);
  live.stop = true;
  latch->open();  // in life the program ends here
  run.join();
  EXPECT_FALSE(search.note_hung(0, 0.1)) << "nothing hangs any more";
}

}  // namespace
}  // namespace dflare
