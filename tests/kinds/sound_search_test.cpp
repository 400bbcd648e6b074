// Searches from sounds, compared by what is heard in them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dflare/error.h"
#include "dflare/search.h"
#include "search/told.h"
#include "support/sounds.h"

namespace dflare {
namespace {

constexpr int kSounds = 8;

class SoundSearch : public testing::Test {
 protected:
  static SearchSettings settings(const std::string& strategy = "boundary") {
    SearchSettings s = toy::settings();
    s.strategy.name = strategy;
    s.strategy.kind = InputKind::kAudio;
    s.oracle = make_oracle("transcript");
    s.max_queries = 100;
    return s;
  }
  Events run(SearchSettings s) const {
    Search search({original_.get(), compressed_.get()}, seeds_, std::move(s));
    toy::CollectingSink sink;
    search.run({}, sink);
    return std::move(sink.events);
  }

  std::unique_ptr<Model> original_ = toy::talking_model(false), compressed_ = toy::talking_model(true);
  SeedSet seeds_ = toy::sound_seeds(kSounds);
};

TEST_F(SoundSearch, EveryStrategyFindsSoundsThatAreHeardDifferently) {
  for (const char* strategy : {"boundary", "dflare", "random"}) {
    const Events events = run(settings(strategy));
    EXPECT_GE(events.findings.size(), static_cast<std::size_t>(kSounds / 2)) << strategy;
    for (const Finding& f : events.findings) {
      EXPECT_FALSE(f.flaky);
      EXPECT_EQ(f.input, InputKind::kAudio);
      const auto facts = nlohmann::json::parse(f.facts);
      EXPECT_NE(facts.at("said_original"), facts.at("said_compressed")) << f.facts;
      EXPECT_GT(facts.at("word_errors"), 0);
      EXPECT_GT(f.severity, 0);
      const Input stored = decode_input(f.png, "stored", toy::shape_of_sounds());
      EXPECT_EQ(f.kind == FindingKind::kNatural,
                stored.pixels == seeds_.seeds[static_cast<std::size_t>(f.seed.value)].input.pixels);
    }
  }
}

TEST_F(SoundSearch, BatchAndWorkersDoNotMatter) {
  for (const char* strategy : {"boundary", "dflare"}) {
    SearchSettings s = settings(strategy);
    s.findings_per_seed = 2;
    s.batch = 1;
    const auto expected = toy::told(run(s));
    for (const int batch : {7, 64}) {
      s.batch = batch;
      s.workers = 2;
      EXPECT_EQ(toy::told(run(s)), expected) << strategy << ", batch " << batch;
    }
  }
}

TEST_F(SoundSearch, FindingsKeepWithinABudget) {
  for (const PerturbationBudget budget : {PerturbationBudget{.linf = 400}, PerturbationBudget{.l2 = 0.2}}) {
    SearchSettings s = settings();
    s.budget = budget;
    const Events events = run(s);
    EXPECT_FALSE(events.findings.empty());
    for (const Finding& f : events.findings)
      EXPECT_TRUE(budget.allows(f.distance)) << f.distance.linf << " " << f.distance.l2;
  }
}

TEST_F(SoundSearch, WhatChangesNumbersOneByOneIsRefused) {
  SearchSettings refined = settings();
  refined.refine = Refine::kShrink;
  EXPECT_THROW(run(refined), Error);
  SearchSettings similar = settings();
  similar.budget.min_ssim = 0.9;
  EXPECT_THROW(run(similar), Error);
}

TEST_F(SoundSearch, TextsAreComparedByTranscriptAlone) {
  for (const char* oracle : {"value:0.1", "cosine:0.9", "topk:2"}) {
    SearchSettings s = settings();
    s.oracle = make_oracle(oracle);
    try {
      run(s);
      FAIL() << oracle;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.hint()).find("--oracle transcript"), std::string::npos) << e.hint();
    }
  }
}

}  // namespace
}  // namespace dflare
