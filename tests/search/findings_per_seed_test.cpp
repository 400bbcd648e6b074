// More findings a seed: different images, reached anew, and the first as if it were the only one.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "dflare/error.h"
#include "search/told.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr int kSeeds = 12;
constexpr int kWanted = 5;

class FindingsPerSeed : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] SearchSettings settings(int findings) const {
    SearchSettings s = toy::settings();
    s.strategy.name = GetParam();
    s.findings_per_seed = findings;
    s.max_queries = 3000;
    return s;
  }
  [[nodiscard]] static std::map<std::int32_t, std::vector<Finding>> by_seed(const Events& events) {
    std::map<std::int32_t, std::vector<Finding>> out;
    for (const Finding& f : events.findings) {
      if (!f.flaky && f.kind != FindingKind::kNatural) out[f.seed.value].push_back(f);
    }
    return out;
  }

  toy::ToyPair models_ = toy::linear_pair();
  SeedSet seeds_ = toy::varied_seeds(kShape, kSeeds);
};

TEST_P(FindingsPerSeed, AreAsManyAsAskedForAndAllDifferent) {
  const Events events = toy::search(models_, seeds_, settings(kWanted));
  const auto found = by_seed(events);
  ASSERT_FALSE(found.empty());
  for (const auto& [seed, findings] : found) {
    std::set<std::string> images;
    std::int64_t before = 0;
    for (const Finding& f : findings) {
      images.insert(toy::hex(f.png));
      EXPECT_GT(f.queries, before) << "found at a query of its own";
      before = f.queries;
    }
    EXPECT_EQ(images.size(), static_cast<std::size_t>(kWanted)) << "seed " << seed;
  }
  for (const SeedDone& d : events.done) {
    if (GetParam() == "natural") continue;  // in its box not every seed has one
    EXPECT_EQ(d.end, ChainEnd::kFound) << "seed " << d.seed.value;
  }
}

TEST_P(FindingsPerSeed, TheFirstIsTheOneOfASearchThatWantsNoMore) {
  const auto one = by_seed(toy::search(models_, seeds_, settings(1)));
  const auto many = by_seed(toy::search(models_, seeds_, settings(kWanted)));
  ASSERT_FALSE(one.empty());
  for (const auto& [seed, findings] : one) {
    ASSERT_TRUE(many.contains(seed));
    EXPECT_EQ(toy::told(findings.front()), toy::told(many.at(seed).front()));
  }
}

TEST_P(FindingsPerSeed, DoNotDependOnBatchWorkersOrAStop) {
  SearchSettings s = settings(kWanted);
  s.batch = 1;
  const auto expected = toy::told(toy::search(models_, seeds_, s));
  s.batch = 7;
  s.workers = 3;
  EXPECT_EQ(toy::told(toy::search(models_, seeds_, s)), expected);
}

// Every finding has the whole budget to itself; a chain that spends it on nothing ends.
TEST_P(FindingsPerSeed, MaxQueriesCountsFromTheLastFinding) {
  SearchSettings s = settings(1000);
  s.max_queries = 40;
  const auto proposals = static_cast<std::int64_t>(make_strategy_factory(s.strategy)()->max_proposals());
  const Events events = toy::search(models_, seeds_, s);
  std::map<std::int32_t, std::int64_t> last;
  for (const auto& [seed, findings] : by_seed(events)) {
    for (const Finding& f : findings) {
      EXPECT_LE(f.queries - last[seed], 40);
      last[seed] = f.queries;
    }
  }
  EXPECT_TRUE(std::ranges::any_of(last, [](const auto& of_seed) { return of_seed.second > 40; }))
      << "a chain goes on beyond the budget of its first finding";
  for (const SeedDone& d : events.done) {
    EXPECT_NE(d.end, ChainEnd::kGaveUp);
    if (d.end != ChainEnd::kQueriesSpent) continue;
    EXPECT_GT(d.queries - last[d.seed.value] + proposals, 40) << "all is spent";
  }
}

INSTANTIATE_TEST_SUITE_P(, FindingsPerSeed, testing::ValuesIn(strategy_names()),
                         [](const auto& tested) { return tested.param; });

TEST(MoreFindings, NoneIsRefused) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 3);
  SearchSettings s = toy::settings();
  s.findings_per_seed = 0;
  test::expect_error(ErrorCode::kBadArgument, "--findings-per-seed", [&] { Search(models.pair(), seeds, s); });
}

// A single pixel within one grey level of its seed: of three images one deviates.
TEST(MoreFindings, CountEveryImageOnce) {
  constexpr Shape kPixel{1, 1, 1};
  const auto brighter_than = [](double level) {
    return [level](InputView in, std::span<float> out) {
      out[1] = static_cast<float>(toy::mean_of(in) - level);
      out[0] = -out[1];
    };
  };
  const toy::ToyPair models(kPixel, 2, brighter_than(150), brighter_than(100.5));
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.strategy.operators = "pixel-change";
  s.budget.linf = 1;
  s.findings_per_seed = 3;
  s.max_queries = 100;
  const Events events = toy::search(models, toy::seeds_of({toy::filled(kPixel, 100)}), s);
  EXPECT_EQ(events.findings.size(), 1U);
  ASSERT_EQ(events.done.size(), 1U);
  EXPECT_NE(events.done[0].end, ChainEnd::kFound);
}

// Corruptions come first, each once; a natural way stays the first choice however many findings are wanted.
TEST(MoreFindings, TakeAnotherWayEachTime) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, kSeeds);
  SearchSettings s = toy::settings();
  s.strategy.name = "boundary";
  s.findings_per_seed = kWanted;
  std::map<std::int32_t, std::set<std::string>> ways;
  std::map<std::int32_t, int> corrupted;
  for (const Finding& f : toy::search(models, seeds, s).findings) {
    const auto at = f.how.find("\"corruption\":\"");
    if (at == std::string::npos) continue;
    ++corrupted[f.seed.value];
    ways[f.seed.value].insert(f.how.substr(at, f.how.find(',', at) - at));
  }
  ASSERT_FALSE(corrupted.empty());
  for (const auto& [seed, count] : corrupted) EXPECT_EQ(ways[seed].size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace dflare
