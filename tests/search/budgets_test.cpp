// Budgets are kept to the query, and what was asked is what is told.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "dflare/error.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

toy::ToyPair equal_pair() { return {kShape, 4, toy::linear(kShape, 4, 0), toy::linear(kShape, 4, 0)}; }

// Takes a millisecond a row.
toy::ToyPair slow_pair() {
  const auto slow = [f = toy::linear(kShape, 4, 0)](InputView in, std::span<float> out) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    f(in, out);
  };
  return {kShape, 4, slow, toy::linear(kShape, 4, 0)};
}

TEST(Budget, OfQueriesIsExact) {
  const toy::ToyPair models = equal_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 10);
  for (const std::int64_t budget : {2, 3, 57}) {
    SearchSettings s = toy::settings();
    s.max_queries = budget;
    for (const SeedDone& d : toy::search(models, seeds, s).done) {
      EXPECT_EQ(d.queries, budget);
      EXPECT_EQ(d.end, ChainEnd::kQueriesSpent);
    }
  }
}

TEST(Budget, HoldsForEveryStrategy) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 20);
  for (const std::string& name : strategy_names()) {
    SearchSettings s = toy::settings();
    s.strategy.name = name;
    s.max_queries = 30;
    const Events events = toy::search(models, seeds, s);
    for (const SeedDone& d : events.done) EXPECT_LE(d.queries, 30) << name;
    for (const Finding& f : events.findings) EXPECT_LE(f.queries, 30) << name;
  }
}

// The kept member is not asked again: a population of 10 takes 10 queries, then 9 a round, and none is begun that might
// not be paid.
TEST(Budget, ThatCannotPayAPopulationEndsTheChain) {
  const toy::ToyPair models = equal_pair();
  SearchSettings s = toy::settings();
  s.strategy.name = "diffchaser";
  s.strategy.diffchaser.population = 10;
  for (const auto& [budget, spent] : {std::pair{11, 11}, {20, 11}, {21, 20}, {29, 20}, {30, 29}}) {
    s.max_queries = budget;
    for (const SeedDone& d : toy::search(models, toy::varied_seeds(kShape, 5), s).done) {
      EXPECT_EQ(d.queries, spent) << "budget " << budget;
      EXPECT_EQ(d.end, ChainEnd::kQueriesSpent);
    }
  }
}

TEST(Budget, BelowTheFirstPopulationIsRefused) {
  SearchSettings s = toy::settings();
  s.strategy.name = "diffchaser";
  s.strategy.diffchaser.population = 10;
  s.max_queries = 10;
  const toy::ToyPair models = equal_pair();
  try {
    toy::search(models, toy::varied_seeds(kShape, 5), s);
    FAIL() << "a search that can ask nothing began";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    EXPECT_NE(e.hint().find("--population"), std::string::npos);
  }
}

TEST(Budget, BatchHoldsWholePopulations) {
  const toy::ToyPair models = equal_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 5);
  SearchSettings s = toy::settings();
  s.strategy.name = "diffchaser";
  s.strategy.diffchaser.population = 10;
  for (const auto& [asked, used] : {std::pair{1, 10}, {10, 10}, {19, 10}, {64, 60}}) {
    s.batch = asked;
    EXPECT_EQ(Search(models.pair(), seeds, s).facts().batch, used) << "batch " << asked;
  }
}

// The seed's own query was made at start-up; confirming is counted apart.
TEST(Budget, QueriesToldAreTheQueriesMade) {
  for (const std::string& name : strategy_names()) {
    for (const int workers : {1, 2}) {
      const toy::ToyPair models = toy::linear_pair();
      const SeedSet seeds = toy::varied_seeds(kShape, 40);
      SearchSettings s = toy::settings();
      s.strategy.name = name;
      s.workers = workers;
      s.confirm = 2;
      s.robust = 3;
      LiveProgress live;
      toy::CollectingSink sink;
      Search search(models.pair(), seeds, s, &live);
      const std::int64_t original_before = *models.asked_original;
      const std::int64_t compressed_before = *models.asked_compressed;
      search.run({}, sink);
      std::int64_t queries = 0;
      std::int64_t confirmations = 0;
      for (const SeedDone& d : sink.events.done) {
        queries += std::max<std::int64_t>(d.queries - 1, 0);
        confirmations += d.confirmations;
      }
      EXPECT_EQ(*models.asked_original - original_before, queries + confirmations) << name;
      EXPECT_EQ(*models.asked_compressed - compressed_before, queries + confirmations) << name;
      EXPECT_EQ(live.queries, queries) << name;
    }
  }
}

TEST(Budget, FindingTellsTheQueriesUntilThen) {
  const toy::ToyPair models = toy::linear_pair();
  const Events events = toy::search(models, toy::varied_seeds(kShape, 40), toy::settings());
  for (const Finding& f : events.findings) {
    if (f.kind == FindingKind::kNatural) continue;
    const auto done = std::ranges::find(events.done, f.seed, &SeedDone::seed);
    EXPECT_EQ(f.queries, done->queries);
    EXPECT_GE(f.queries, 2);
    EXPECT_EQ(done->end, ChainEnd::kFound);
  }
}

TEST(Budget, OfTimeEndsAChain) {
  const toy::ToyPair models = slow_pair();
  SearchSettings s = toy::settings();
  s.batch = 2;
  s.max_queries = 1000000;
  s.timeout_seconds = 0.03;
  const Events events = toy::search(models, toy::varied_seeds(kShape, 3), s);
  ASSERT_EQ(events.done.size(), 3U);
  for (const SeedDone& d : events.done) {
    EXPECT_EQ(d.end, ChainEnd::kTimeSpent);
    EXPECT_GE(d.seconds, 0.03);
    EXPECT_LT(d.queries, 40) << "a query takes a millisecond";
  }
}

TEST(Budget, OfTimeEndsARunAndKeepsWhatIsDone) {
  const toy::ToyPair models = slow_pair();
  SearchSettings s = toy::settings();
  s.batch = 1;
  s.max_queries = 20;
  s.time_limit_seconds = 0.1;
  toy::CollectingSink sink;
  const SeedSet seeds = toy::varied_seeds(kShape, 50);
  const SearchResult result = Search(models.pair(), seeds, s).run({}, sink);
  EXPECT_EQ(result.end, SearchEnd::kTimeLimit);
  EXPECT_GE(result.wall_seconds, 0.1);
  EXPECT_GE(sink.events.done.size(), 1U);
  EXPECT_LE(sink.events.done.size(), 6U);
}

TEST(Budget, OfSeedsTakesTheFirstUsableOnes) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 600);
  SearchSettings s = toy::settings();
  const std::vector<SeedIndex> all = Search(models.pair(), seeds, s).context().usable;
  s.max_seeds = 25;
  const std::int64_t before = *models.asked_original;
  Search search(models.pair(), seeds, s);
  EXPECT_LT(*models.asked_original - before, 400) << "inputs far behind the last one needed are not asked";
  EXPECT_EQ(search.context().usable, std::vector<SeedIndex>(all.begin(), all.begin() + 25));
  EXPECT_EQ(search.context().status.back(), SeedStatus::kNotAsked);
  EXPECT_LE(search.plan().back(), all[24]) << "a natural deviation behind the last seed is not searched for";
}

struct BadSettings {
  const char* what;
  void (*spoil)(SearchSettings&);
};

TEST(Budget, SettingsThatMakeNoSenseAreRefused) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 3);
  const BadSettings table[] = {
      {"no query beyond the seed's", [](SearchSettings& s) { s.max_queries = 1; }},
      {"no confirmation", [](SearchSettings& s) { s.confirm = 0; }},
      {"fewer than no neighbours", [](SearchSettings& s) { s.robust = -1; }},
      {"more neighbours than fit", [](SearchSettings& s) { s.robust = kMostNeighbours + 1; }},
      {"a share of no neighbours", [](SearchSettings& s) { s.min_robust = 0.5; }},
      {"more than all neighbours",
       [](SearchSettings& s) {
         s.robust = 4;
         s.min_robust = 1.1;
       }},
      {"no shards", [](SearchSettings& s) { s.shards = 0; }},
      {"a shard too many", [](SearchSettings& s) { s.shard = s.shards = 2; }},
      {"a negative shard", [](SearchSettings& s) { s.shard = -1; }},
      {"a negative batch", [](SearchSettings& s) { s.batch = -1; }},
      {"negative workers", [](SearchSettings& s) { s.workers = -1; }},
      {"more workers than slots", [](SearchSettings& s) { s.workers = LiveProgress::kMostWorkers + 1; }},
      {"a batch beyond memory", [](SearchSettings& s) { s.batch = kMostRows + 1; }},
      {"an SSIM that no two images have", [](SearchSettings& s) { s.budget.min_ssim = 1.5; }},
      {"no number as SSIM", [](SearchSettings& s) { s.budget.min_ssim = std::nan(""); }},
      {"a negative SSIM", [](SearchSettings& s) { s.budget.min_ssim = -0.5; }},
      {"less than a grey level", [](SearchSettings& s) { s.budget.linf = 0.5; }},
      {"more grey levels than there are", [](SearchSettings& s) { s.budget.linf = 256; }},
      {"a negative L2", [](SearchSettings& s) { s.budget.l2 = -1; }},
      {"an infinite L2", [](SearchSettings& s) { s.budget.l2 = INFINITY; }},
      {"a negative severity", [](SearchSettings& s) { s.min_severity = -1; }},
      {"a negative timeout", [](SearchSettings& s) { s.timeout_seconds = -1; }},
      {"a negative time limit", [](SearchSettings& s) { s.time_limit_seconds = -1; }},
      {"fewer than no seeds", [](SearchSettings& s) { s.max_seeds = -1; }},
      {"a negative label offset", [](SearchSettings& s) { s.compressed_label_offset = -1; }},
      {"refining without a query",
       [](SearchSettings& s) {
         s.refine = Refine::kClimb;
         s.refine_queries = 0;
       }},
      {"no finding wanted", [](SearchSettings& s) { s.findings_per_seed = 0; }},
      {"an unknown operator", [](SearchSettings& s) { s.strategy.operators = "luck"; }},
      {"a population of one",
       [](SearchSettings& s) {
         s.strategy.name = "diffchaser";
         s.strategy.diffchaser.population = 1;
       }},
      {"an unknown strategy", [](SearchSettings& s) { s.strategy.name = "luck"; }},
  };
  for (const BadSettings& bad : table) {
    SearchSettings s = toy::settings();
    bad.spoil(s);
    try {
      const Search search(models.pair(), seeds, s);
      ADD_FAILURE() << bad.what << " was accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kBadArgument) << bad.what;
      EXPECT_FALSE(e.hint().empty()) << bad.what;
    }
  }
}

}  // namespace
}  // namespace dflare
