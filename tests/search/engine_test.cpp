// What a search finds, and what it tells of it.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "dflare/search.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

struct Asked {
  Answers original, compressed;
};

// Both models asked from outside the engine.
Asked ask(const toy::ToyPair& models, const Input& image) {
  Asked asked;
  const InputView view = image.view();
  models.original->query({&view, 1}, asked.original);
  models.compressed->query({&view, 1}, asked.compressed);
  asked.original.interpret({OutputKind::kLogits, 0, 0});
  asked.compressed.interpret({OutputKind::kLogits, 0, 0});
  return asked;
}

TEST(Search, EqualModelsYieldNothing) {
  for (const char* strategy : {"dflare", "random"}) {
    auto models = toy::ToyPair(kShape, 4, toy::linear(kShape, 4, 0), toy::linear(kShape, 4, 0));
    SearchSettings s = toy::settings();
    s.strategy.name = strategy;
    const Events events = toy::search(models, toy::varied_seeds(kShape, 20), s);
    EXPECT_TRUE(events.findings.empty()) << strategy;
    EXPECT_EQ(toy::count(events, ChainEnd::kQueriesSpent), 20) << strategy;
  }
}

TEST(Search, ModelsThatDifferAreFoundOut) {
  const auto models = toy::linear_pair();
  const Events events = toy::search(models, toy::varied_seeds(kShape, 40), toy::settings());
  EXPECT_EQ(events.done.size(), 40U);
  EXPECT_GT(toy::count(events, ChainEnd::kFound), 30);
}

TEST(Search, EverySeedOfThePlanIsDoneOnce) {
  const auto models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, toy::settings());
  search.run({}, sink);
  EXPECT_EQ(toy::seeds_done(sink.events), search.plan());
}

// Nothing that a finding tells is taken on trust: the models are asked again from outside.
TEST(Search, FindingsTellTheTruth) {
  const auto models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  const Events events = toy::search(models, seeds, toy::settings());
  ASSERT_GT(events.findings.size(), 10U);
  for (const Finding& f : events.findings) {
    const Input image = decode_image(f.png, "finding");
    const Input& seed = seeds.seeds[static_cast<std::size_t>(f.seed.value)].input;
    const Asked found = ask(models, image);
    const Asked before = ask(models, seed);
    EXPECT_NE(f.label_original, f.label_compressed);
    EXPECT_EQ(f.label_original, found.original[0].label);
    EXPECT_EQ(f.label_compressed, found.compressed[0].label);
    EXPECT_EQ(f.seed_label, before.original[0].label);
    EXPECT_EQ(f.p_original, found.original[0].top_p());
    EXPECT_EQ(f.p_compressed, found.compressed[0].top_p());
    EXPECT_EQ(f.margin_original, margin(found.original[0].log_p, f.seed_label));
    EXPECT_EQ(f.margin_compressed, margin(found.compressed[0].log_p, f.seed_label));
    EXPECT_EQ(f.severity, severity(found.original[0], found.compressed[0]));
    EXPECT_GE(f.severity, 0);
    EXPECT_EQ(f.distance.linf, distance(seed.view(), image.view()).linf);
    EXPECT_EQ(f.distance.l2, distance(seed.view(), image.view()).l2);
    EXPECT_FALSE(f.flaky);
    EXPECT_FALSE(f.tie);
  }
}

TEST(Search, KindsTellWhoLeftTheSeedsLabel) {
  const auto models = toy::linear_pair();
  const Events events = toy::search(models, toy::varied_seeds(kShape, 60), toy::settings());
  std::set<FindingKind> seen;
  for (const Finding& f : events.findings) {
    seen.insert(f.kind);
    if (f.kind == FindingKind::kNatural) continue;
    EXPECT_EQ(f.label_original == f.seed_label, f.kind == FindingKind::kCompressedLost);
    EXPECT_EQ(f.label_compressed == f.seed_label, f.kind == FindingKind::kOriginalLost);
  }
  EXPECT_TRUE(seen.contains(FindingKind::kCompressedLost));
  EXPECT_TRUE(seen.contains(FindingKind::kOriginalLost));
}

// Brightness above 127.5 is class 1 in one model, above 119.5 in the other: 122 lies between.
TEST(Search, NaturalDeviationsAreFindingsOfTheirOwn) {
  const auto brighter_than = [](double threshold) {
    return [threshold](InputView in, std::span<float> out) {
      out[1] = static_cast<float>((toy::mean_of(in) - threshold) / 64);
      out[0] = -out[1];
    };
  };
  const toy::ToyPair models(kShape, 2, brighter_than(127.5), brighter_than(119.5));
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 90), toy::filled(kShape, 122), toy::filled(kShape, 160)});
  toy::CollectingSink sink;
  LiveProgress live;
  Search search(models.pair(), seeds, toy::settings(), &live);
  EXPECT_EQ(search.context().status[1], SeedStatus::kNatural);
  EXPECT_EQ(search.context().usable, (std::vector<SeedIndex>{SeedIndex(0), SeedIndex(2)}));
  EXPECT_EQ(search.plan().size(), 3U);
  search.run({}, sink);
  const auto natural = std::ranges::find(sink.events.findings, SeedIndex(1), &Finding::seed);
  ASSERT_NE(natural, sink.events.findings.end());
  EXPECT_EQ(natural->kind, FindingKind::kNatural);
  EXPECT_EQ(natural->queries, 0);
  EXPECT_EQ(natural->distance.linf, 0);
  EXPECT_EQ(natural->label_original, 0);
  EXPECT_EQ(natural->label_compressed, 1);
  EXPECT_EQ(natural->seed_label, 0) << "the original's";
  EXPECT_EQ(decode_image(natural->png, "finding"), seeds.seeds[1].input);
  EXPECT_EQ(live.natural, 1);
  EXPECT_EQ(live.found + live.natural, static_cast<std::int64_t>(sink.events.findings.size()));
  EXPECT_EQ(live.seeds_done, 3);
}

TEST(Search, FindingsAreConfirmedAsOftenAsAsked) {
  const auto models = toy::linear_pair();
  SearchSettings s = toy::settings();
  s.confirm = 3;
  const Events events = toy::search(models, toy::varied_seeds(kShape, 20), s);
  for (const SeedDone& d : events.done) EXPECT_EQ(d.confirmations, d.end == ChainEnd::kFound ? 3 : 0);
}

TEST(Search, StepsAccountForTheTime) {
  const auto models = toy::linear_pair();
  toy::CollectingSink sink;
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  const SearchResult result = Search(models.pair(), seeds, toy::settings()).run({}, sink);
  const StepSeconds& t = result.steps;
  for (const double s : {t.mutate, t.query, t.judge, t.confirm, t.store}) EXPECT_GE(s, 0);
  EXPECT_GT(t.query, 0);
  EXPECT_LE(t.mutate + t.query + t.judge + t.confirm, result.wall_seconds * 1.01);
  EXPECT_LE(t.store, result.wall_seconds * 1.01);  // in a thread beside the worker
  EXPECT_EQ(result.end, SearchEnd::kComplete);
}

// 8-bit outputs: neighbouring levels tie exactly.
TEST(Search, TiesAreSkippedAndCountedUnlessTheyCount) {
  const auto rounded = [](double threshold) {
    return [threshold](InputView in, std::span<float> out) {
      const double z = std::round((toy::mean_of(in) - threshold) / 4);
      out[1] = static_cast<float>(z);
      out[0] = static_cast<float>(-z);
    };
  };
  // Both tie within 2 grey levels of their threshold, and these are 2 apart: without ties there is no deviation.
  const toy::ToyPair models(kShape, 2, rounded(127), rounded(129));
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 140), toy::filled(kShape, 145)});
  SearchSettings s = toy::settings();
  s.max_queries = 1000;
  const Events skipped = toy::search(models, seeds, s);
  EXPECT_TRUE(skipped.findings.empty());
  EXPECT_GT(skipped.done.at(0).ties + skipped.done.at(1).ties, 0);
  s.acceptance.ties = TiePolicy::kCount;
  const Events counted = toy::search(models, seeds, s);
  ASSERT_FALSE(counted.findings.empty());
  for (const Finding& f : counted.findings) EXPECT_TRUE(f.tie);
}

}  // namespace
}  // namespace dflare
