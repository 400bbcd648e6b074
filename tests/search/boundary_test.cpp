// What the engine promises of budgets, refining and requirements, whatever the strategy.
#include <gtest/gtest.h>

#include <map>

#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

SearchSettings boundary() {
  SearchSettings s = toy::settings();
  s.strategy.name = "boundary";
  return s;
}

std::int64_t found(const Events& events) { return toy::count(events, ChainEnd::kFound); }

// ---- budgets hold for the stored bytes

struct BudgetCase {
  std::string strategy;
  std::string name;
  PerturbationBudget budget;
  Refine refine = Refine::kNone;
  EndPoints end_points = EndPoints::kAuto;
};

std::vector<BudgetCase> budget_cases() {
  const std::pair<const char*, PerturbationBudget> budgets[] = {
      {"linf", {.linf = 9.5}},
      {"l2", {.l2 = 0.4}},
      {"ssim", {.min_ssim = 0.7}},
      {"all", {.linf = 30, .l2 = 0.6, .min_ssim = 0.6}},
  };
  std::vector<BudgetCase> cases;
  for (const auto& [name, budget] : budgets) {
    for (const char* strategy : {"dflare", "random"}) cases.push_back({strategy, name, budget});
    cases.push_back({"dflare", std::string(name) + "_climb", budget, Refine::kClimb});
    cases.push_back({"boundary", name, budget});
    cases.push_back({"boundary", std::string(name) + "_climb", budget, Refine::kClimb});
    cases.push_back({"boundary", std::string(name) + "_shrink", budget, Refine::kShrink});
    cases.push_back({"boundary", std::string(name) + "_blend", budget, Refine::kNone, EndPoints::kBlend});
    cases.push_back({"boundary", std::string(name) + "_corrupt", budget, Refine::kNone, EndPoints::kCorrupt});
    cases.push_back({"boundary", std::string(name) + "_mutate", budget, Refine::kNone, EndPoints::kMutate});
  }
  return cases;
}

class BudgetHolds : public testing::TestWithParam<BudgetCase> {};

TEST_P(BudgetHolds, ForTheStoredBytesOfEveryFinding) {
  const BudgetCase& c = GetParam();
  for (const Shape shape : {kShape, Shape{7, 6, 3}}) {
    const toy::ToyPair models = toy::linear_pair(shape);
    const SeedSet seeds = toy::varied_seeds(shape, 30);
    SearchSettings s = toy::settings();
    s.strategy.name = c.strategy;
    s.strategy.end_points = c.end_points;
    s.budget = c.budget;
    s.refine = c.refine;
    s.refine_queries = 40;
    const Events events = toy::search(models, seeds, s);
    for (const Finding& f : events.findings) {
      const Input stored = decode_image(f.png, "a finding");
      const Distance d = distance(seeds.seeds[static_cast<std::size_t>(f.seed.value)].input.view(), stored.view());
      EXPECT_TRUE(c.budget.allows(d)) << "seed " << f.seed.value << ": linf " << d.linf << ", l2 " << d.l2 << ", ssim "
                                      << d.ssim;
      EXPECT_EQ(f.distance.linf, d.linf);
      EXPECT_EQ(f.distance.l2, d.l2);
      EXPECT_EQ(f.distance.ssim, d.ssim);
    }
    if (c.strategy == "boundary" && c.end_points == EndPoints::kAuto) {
      EXPECT_GT(found(events), 5) << "too few findings to show anything";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, BudgetHolds, testing::ValuesIn(budget_cases()),
                         [](const testing::TestParamInfo<BudgetCase>& tested) {
                           return tested.param.strategy + "_" + tested.param.name;
                         });

// ---- what counts

const std::vector<EndPoints> kEndPoints = {EndPoints::kAuto, EndPoints::kBlend, EndPoints::kMutate, EndPoints::kCorrupt,
                                           EndPoints::kAttack};

TEST(Require, CompressedLostYieldsThatKindOnly) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  for (const std::string& strategy : strategy_names()) {
    for (const Refine refine : {Refine::kNone, Refine::kClimb, Refine::kShrink}) {
      SearchSettings s = toy::settings();
      s.strategy.name = strategy;
      s.refine = refine;
      s.refine_queries = 40;
      s.acceptance.require = Require::kCompressedLost;
      const Events events = toy::search(models, seeds, s);
      int searched = 0;
      for (const Finding& f : events.findings) {
        if (f.kind == FindingKind::kNatural) continue;
        ++searched;
        EXPECT_EQ(f.kind, FindingKind::kCompressedLost) << strategy;
        EXPECT_EQ(f.label_original, f.seed_label) << strategy;
        EXPECT_NE(f.label_compressed, f.seed_label) << strategy;
      }
      EXPECT_GT(searched, 5) << strategy << ": too few findings to show anything";
    }
  }
}

TEST(Require, CompressedLostIsFoundFromEveryEndPoint) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  for (const EndPoints end_points : kEndPoints) {
    if (end_points == EndPoints::kAttack) continue;  // its reach is limited
    SearchSettings s = boundary();
    s.max_queries = 2000;
    s.strategy.end_points = end_points;
    s.acceptance.require = Require::kCompressedLost;
    const Events events = toy::search(models, seeds, s);
    EXPECT_GE(found(events) * 10, std::ssize(events.done) * 9) << "end points " << static_cast<int>(end_points);
  }
}

TEST(MinSeverity, MilderFindingsDoNotCount) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  for (const std::string& strategy : strategy_names()) {
    for (const Refine refine : {Refine::kNone, Refine::kClimb, Refine::kShrink}) {
      SearchSettings s = toy::settings();
      s.strategy.name = strategy;
      s.refine = refine;
      s.refine_queries = 40;
      s.min_severity = 0.3;
      const Events events = toy::search(models, seeds, s);
      int searched = 0;
      for (const Finding& f : events.findings) {
        if (f.kind == FindingKind::kNatural || f.flaky) continue;
        ++searched;
        EXPECT_GE(f.severity, 0.3) << strategy << ", seed " << f.seed.value;
      }
      const auto natural = std::ranges::count(events.findings, FindingKind::kNatural, &Finding::kind);
      EXPECT_EQ(searched, found(events) - natural) << strategy;
    }
  }
}

TEST(MinSeverity, ClimbingReachesWhatTheFirstFindDoesNot) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  SearchSettings s = boundary();
  s.max_queries = 20;
  s.min_severity = 1;
  const std::int64_t plain = found(toy::search(models, seeds, s));
  s.refine = Refine::kClimb;
  s.refine_queries = 200;
  EXPECT_GT(found(toy::search(models, seeds, s)), plain);
}

// ---- refining

std::map<std::int32_t, Finding> by_seed(const Events& events) {
  std::map<std::int32_t, Finding> found;
  for (const Finding& f : events.findings) {
    if (f.kind != FindingKind::kNatural && !f.flaky) found[f.seed.value] = f;
  }
  return found;
}

class RefineOf : public testing::TestWithParam<EndPoints> {
 protected:
  [[nodiscard]] std::map<std::int32_t, Finding> search(Refine refine) const {
    SearchSettings s = boundary();
    s.strategy.end_points = GetParam();
    s.refine = refine;
    s.refine_queries = 100;
    return by_seed(toy::search(models_, seeds_, s));
  }

  toy::ToyPair models_ = toy::linear_pair();
  SeedSet seeds_ = toy::varied_seeds(kShape, 40);
};

TEST_P(RefineOf, ClimbNeverLowersTheSeverity) {
  const auto plain = search(Refine::kNone);
  ASSERT_GT(plain.size(), 5U);
  // Within the natural box not every one of so small images has a more decisive place.
  for (const auto& [refine, tenths] : {std::pair{Refine::kPixels, 8}, {Refine::kClimb, 5}}) {
    const auto climbed = search(refine);
    ASSERT_EQ(plain.size(), climbed.size());
    int higher = 0;
    for (const auto& [seed, f] : climbed) {
      EXPECT_GE(f.severity, f.severity_found) << "seed " << seed;
      EXPECT_EQ(f.severity_found, plain.at(seed).severity) << "seed " << seed;
      EXPECT_LE(f.refine_queries, 100);
      EXPECT_EQ(f.queries, plain.at(seed).queries) << "refining is paid from its own budget";
      higher += f.severity > f.severity_found ? 1 : 0;
    }
    EXPECT_GT(higher * 10, std::ssize(climbed) * tenths) << "climbing gained nothing";
  }
}

TEST_P(RefineOf, ShrinkNeverRaisesTheDistance) {
  const auto plain = search(Refine::kNone);
  const auto shrunk = search(Refine::kShrink);
  ASSERT_EQ(plain.size(), shrunk.size());
  ASSERT_GT(plain.size(), 5U);
  int nearer = 0;
  for (const auto& [seed, f] : shrunk) {
    EXPECT_LE(f.distance.l2, plain.at(seed).distance.l2) << "seed " << seed;
    EXPECT_GT(f.distance.l2, 0) << "seed " << seed;
    EXPECT_NE(f.label_original, f.label_compressed);
    EXPECT_LE(f.refine_queries, 100);
    nearer += f.distance.l2 < plain.at(seed).distance.l2 ? 1 : 0;
  }
  EXPECT_GT(nearer * 2, std::ssize(shrunk)) << "shrinking gained nothing";
}

std::string name_of(const testing::TestParamInfo<EndPoints>& tested) {
  const char* const names[] = {"auto", "blend", "mutate", "corrupt", "attack"};
  return names[static_cast<int>(tested.param)];
}

INSTANTIATE_TEST_SUITE_P(From, RefineOf, testing::ValuesIn(kEndPoints), name_of);

TEST(Refining, AloneItsQueriesAreCountedApart) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 30);
  SearchSettings s = boundary();
  s.refine = Refine::kClimb;
  s.refine_queries = 25;
  Search search(models.pair(), seeds, s);
  const std::int64_t before = *models.asked_original;
  toy::CollectingSink sink;
  search.run({}, sink);
  std::int64_t told = 0;
  for (const SeedDone& d : sink.events.done) {
    told += std::max<std::int64_t>(d.queries - 1, 0) + d.refine_queries + d.confirmations;
  }
  EXPECT_EQ(*models.asked_original - before, told);
}

// ---- determinism

struct Setting {
  const char* name;
  void (*set)(SearchSettings&);
};

class BoundaryWith : public testing::TestWithParam<Setting> {
 protected:
  [[nodiscard]] SearchSettings settings(int batch, int workers) const {
    SearchSettings s = boundary();
    s.refine_queries = 30;
    s.batch = batch;
    s.workers = workers;
    GetParam().set(s);
    return s;
  }

  toy::ToyPair models_ = toy::linear_pair();
  SeedSet seeds_ = toy::varied_seeds(kShape, 40);
};

TEST_P(BoundaryWith, BatchAndWorkersDoNotMatter) {
  const auto expected = toy::told(toy::search(models_, seeds_, settings(1, 1)));
  ASSERT_GT(expected.size(), 45U) << "too little was found to show anything";
  for (const int workers : {1, 2}) {
    for (const int batch : {1, 7, 64}) {
      EXPECT_EQ(toy::told(toy::search(models_, seeds_, settings(batch, workers))), expected)
          << "batch " << batch << ", workers " << workers;
    }
  }
}

// What `dflare show` rests on.
TEST_P(BoundaryWith, OneSeedAloneIsRebuiltBitForBit) {
  const Events all = toy::search(models_, seeds_, settings(7, 2));
  const std::vector<SeedIndex> every = toy::seeds_done(all);
  for (const SeedIndex seed : every) {
    std::vector<SeedIndex> others = every;
    std::erase(others, seed);
    const Events alone = toy::search(models_, seeds_, settings(7, 2), others);
    Events of_seed = all;
    std::erase_if(of_seed.findings, [seed](const Finding& f) { return f.seed != seed; });
    std::erase_if(of_seed.done, [seed](const SeedDone& d) { return d.seed != seed; });
    EXPECT_EQ(toy::told(alone), toy::told(of_seed)) << "seed " << seed.value;
  }
}

const Setting kSettings[] = {
    {"climb", [](SearchSettings& s) { s.refine = Refine::kClimb; }},
    {"pixels", [](SearchSettings& s) { s.refine = Refine::kPixels; }},
    {"natural_regressions",
     [](SearchSettings& s) {
       s.strategy.name = "natural";
       s.goal = Goal::kRegression;
       s.refine = Refine::kClimb;
       s.max_queries = 60;
       s.total_queries = 60;
     }},
    {"shrink", [](SearchSettings& s) { s.refine = Refine::kShrink; }},
    {"linf_attack", [](SearchSettings& s) { s.budget.linf = 16; }},
    {"blend", [](SearchSettings& s) { s.strategy.end_points = EndPoints::kBlend; }},
    {"mutate", [](SearchSettings& s) { s.strategy.end_points = EndPoints::kMutate; }},
    {"min_severity",
     [](SearchSettings& s) {
       s.min_severity = 0.2;
       s.refine = Refine::kClimb;
     }},
};

INSTANTIATE_TEST_SUITE_P(Settings, BoundaryWith, testing::ValuesIn(kSettings),
                         [](const testing::TestParamInfo<Setting>& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace dflare
