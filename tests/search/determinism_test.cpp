// The same findings, byte by byte, however the work is cut.
#include <gtest/gtest.h>

#include <stdexcept>

#include "dflare/error.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr int kSeeds = 40;

class DeterminismOf : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] SearchSettings settings(int batch, int workers) const {
    SearchSettings s = toy::settings();
    s.strategy.name = GetParam();
    s.batch = batch;
    s.workers = workers;
    s.robust = 3;
    s.max_queries = 120;  // so that some chains find nothing
    return s;
  }

  toy::ToyPair models_ = toy::linear_pair();
  SeedSet seeds_ = toy::varied_seeds(kShape, kSeeds);
};

TEST_P(DeterminismOf, BatchAndWorkersDoNotMatter) {
  const auto expected = toy::told(toy::search(models_, seeds_, settings(1, 1)));
  ASSERT_GT(expected.size(), static_cast<std::size_t>(kSeeds)) << "nothing was found, and so nothing is shown";
  for (const int workers : {1, 2, 3}) {
    for (const int batch : {1, 7, 64}) {
      EXPECT_EQ(toy::told(toy::search(models_, seeds_, settings(batch, workers))), expected)
          << "batch " << batch << ", workers " << workers;
    }
  }
}

TEST_P(DeterminismOf, BatchMeasuredAtStartUpDoesNotMatter) {
  EXPECT_EQ(toy::told(toy::search(models_, seeds_, settings(0, 0))),
            toy::told(toy::search(models_, seeds_, settings(1, 1))));
}

TEST_P(DeterminismOf, AnotherRunSeedGivesOtherFindings) {
  SearchSettings other = settings(7, 1);
  other.rng_seed = 1;
  EXPECT_NE(toy::told(toy::search(models_, seeds_, other)), toy::told(toy::search(models_, seeds_, settings(7, 1))));
}

TEST_P(DeterminismOf, ShardsPutTogetherAreTheWholeRun) {
  Events together;
  for (int shard = 0; shard < 3; ++shard) {
    SearchSettings s = settings(7, 1);
    s.shard = shard;
    s.shards = 3;
    toy::append(together, toy::search(models_, seeds_, s));
  }
  EXPECT_EQ(toy::told(together), toy::told(toy::search(models_, seeds_, settings(7, 1))));
}

// Has room for a number of ended seeds, and is full with the next.
class BreakingSink : public toy::CollectingSink {
 public:
  explicit BreakingSink(std::size_t room) : room_(room) {}
  void write(const Events& e) override {
    if (events.done.size() + e.done.size() > room_) throw Error(ErrorCode::kCannotWrite, "the disk is full");
    CollectingSink::write(e);
  }

 private:
  std::size_t room_;
};

TEST_P(DeterminismOf, ResumeAfterAFailedWriteEndsWithTheSameFindings) {
  const auto expected = toy::told(toy::search(models_, seeds_, settings(7, 2)));
  for (const std::size_t room : {0U, 1U, 5U, 12U}) {
    BreakingSink broken(room);
    try {
      Search(models_.pair(), seeds_, settings(7, 2)).run({}, broken);
      FAIL() << "the error of the sink got lost";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kCannotWrite);
    }
    Events all = broken.events;
    EXPECT_LT(all.done.size(), static_cast<std::size_t>(kSeeds));
    toy::append(all, toy::search(models_, seeds_, settings(7, 2), toy::seeds_done(all)));
    EXPECT_EQ(toy::told(all), expected) << "room for " << room << " seeds";
  }
}

TEST_P(DeterminismOf, ResumeAfterAStopEndsWithTheSameFindings) {
  const auto expected = toy::told(toy::search(models_, seeds_, settings(7, 2)));
  for (const std::int64_t rows : {1, 30, 90}) {
    LiveProgress live;
    toy::CollectingSink stopped;
    toy::Interrupted models(toy::linear_pair(), live);
    Search search(models.pair(), seeds_, settings(7, 2), &live);
    models.after(rows);
    EXPECT_EQ(search.run({}, stopped).end, SearchEnd::kStopped);
    Events all = stopped.events;
    EXPECT_LT(all.done.size(), static_cast<std::size_t>(kSeeds));
    toy::append(all, toy::search(models_, seeds_, settings(1, 1), toy::seeds_done(all)));
    EXPECT_EQ(toy::told(all), expected) << "after " << rows << " rows";
  }
}

TEST_P(DeterminismOf, ResumeOfAFinishedRunDoesNothing) {
  const Events all = toy::search(models_, seeds_, settings(7, 1));
  const auto before = models_.asked_original->load();
  Search search(models_.pair(), seeds_, settings(7, 1));
  const auto after_start_up = models_.asked_original->load();
  toy::CollectingSink sink;
  EXPECT_EQ(search.run(toy::seeds_done(all), sink).end, SearchEnd::kComplete);
  EXPECT_TRUE(sink.events.empty());
  EXPECT_EQ(models_.asked_original->load(), after_start_up);
  EXPECT_GT(after_start_up, before);
}

INSTANTIATE_TEST_SUITE_P(Strategies, DeterminismOf, testing::ValuesIn(strategy_names()),
                         [](const testing::TestParamInfo<std::string>& tested) { return tested.param; });

// `boundary` may walk towards other seeds; the others look at their own only.
TEST(Determinism, FindingOfASeedDoesNotDependOnTheOtherSeeds) {
  const toy::ToyPair models = toy::linear_pair();
  for (const char* strategy : {"dflare", "diffchaser", "random"}) {
    SearchSettings s = toy::settings();
    s.strategy.name = strategy;
    const Events few = toy::search(models, toy::varied_seeds(kShape, kSeeds), s);
    Events many = toy::search(models, toy::varied_seeds(kShape, kSeeds + 20), s);
    std::erase_if(many.findings, [](const Finding& f) { return f.seed.value >= kSeeds; });
    std::erase_if(many.done, [](const SeedDone& d) { return d.seed.value >= kSeeds; });
    EXPECT_EQ(toy::told(many), toy::told(few)) << strategy;
  }
}

}  // namespace
}  // namespace dflare
