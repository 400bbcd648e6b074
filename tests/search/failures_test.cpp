// Models that misbehave: what they cost, and what is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "dflare/error.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

// A model that can tell whether it is asked alone: what no model should do.
class BatchDependent : public Model {
 public:
  BatchDependent(std::size_t classes, toy::Function together, toy::Function alone)
      : together_(make_function_model(kShape, classes, std::move(together))),
        alone_(make_function_model(kShape, classes, std::move(alone))) {}
  BatchDependent(std::unique_ptr<Model> together, std::unique_ptr<Model> alone)
      : together_(std::move(together)), alone_(std::move(alone)) {}

  [[nodiscard]] const ModelInfo& info() const override { return together_->info(); }
  void query(std::span<const InputView> inputs, Answers& out) override {
    (inputs.size() == 1 ? alone_ : together_)->query(inputs, out);
  }
  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    return std::make_unique<BatchDependent>(together_->clone(), alone_->clone());
  }

 private:
  std::unique_ptr<Model> together_, alone_;
};

// Class 1 where the image is brighter than `level`, as sure as it can be.
toy::Function brighter_than(double level) {
  return [level](InputView in, std::span<float> out) {
    out[1] = toy::mean_of(in) > level ? 1.0F : -1.0F;
    out[0] = -out[1];
  };
}

constexpr double kNever = 1000;

SeedSet dark_seeds(int count) {
  std::vector<Input> images;
  for (int i = 0; i < count; ++i) images.push_back(toy::filled(kShape, 100));
  return toy::seeds_of(std::move(images));
}

// The seeds' chains must stay together to the end: a chain that is left over is asked alone.
SearchSettings in_lockstep(int seeds) {
  SearchSettings s = toy::settings();
  s.strategy.operators = "multiplicative-noise";  // moves the brightness
  s.batch = seeds;
  s.max_queries = 60;
  return s;
}

TEST(Flaky, FindingsAreCountedAndTheChainGoesOnToItsBudget) {
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  models.compressed = std::make_unique<BatchDependent>(2, brighter_than(105), brighter_than(kNever));
  LiveProgress live;
  toy::CollectingSink sink;
  const SeedSet seeds = dark_seeds(4);
  SearchSettings s = in_lockstep(4);
  s.strategy.name = "random";
  Search(models.pair(), seeds, s, &live).run({}, sink);
  std::map<SeedIndex, std::int64_t> flaky;
  for (const Finding& f : sink.events.findings) {
    EXPECT_TRUE(f.flaky);
    EXPECT_EQ(f.ordinal, flaky[f.seed]++) << "ordinals count the findings of a seed";
    EXPECT_FALSE(f.png.empty());
    EXPECT_EQ(f.label_original, f.label_compressed) << "what is told is what the models say alone";
  }
  ASSERT_EQ(sink.events.done.size(), 4U);
  std::int64_t sum = 0;
  for (const SeedDone& d : sink.events.done) {
    EXPECT_EQ(d.end, ChainEnd::kQueriesSpent);
    EXPECT_EQ(d.queries, s.max_queries);
    EXPECT_EQ(d.flaky, flaky[d.seed]);
    EXPECT_EQ(d.confirmations, d.flaky);
    sum += d.flaky;
  }
  EXPECT_GT(sum, 0);
  EXPECT_EQ(live.flaky, sum);
  EXPECT_EQ(live.found, 0);
}

TEST(Flaky, FindingCanBeFollowedByAFirmOne) {
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  models.compressed = std::make_unique<BatchDependent>(2, brighter_than(102), brighter_than(115));
  const SeedSet seeds = dark_seeds(4);
  SearchSettings s = in_lockstep(4);
  s.strategy.name = "random";
  s.max_queries = 300;
  const Events events = toy::search(models, seeds, s);
  int firm_after_flaky = 0;
  for (const SeedDone& d : events.done) {
    const auto firm =
        std::ranges::find_if(events.findings, [&](const Finding& f) { return f.seed == d.seed && !f.flaky; });
    ASSERT_EQ(d.end == ChainEnd::kFound, firm != events.findings.end());
    if (firm == events.findings.end()) continue;
    EXPECT_EQ(firm->ordinal, d.flaky);
    EXPECT_GT(toy::mean_of(decode_image(firm->png, "finding").view()), 115);
    firm_after_flaky += firm->ordinal > 0 ? 1 : 0;
  }
  EXPECT_GT(firm_after_flaky, 0);
}

// What counts is what both say alone: such an input is a seed like any other.
TEST(Flaky, NaturalDeviationThatDoesNotHoldAloneIsNone) {
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  models.compressed = std::make_unique<BatchDependent>(2, brighter_than(50), brighter_than(kNever));
  const SeedSet seeds = dark_seeds(4);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, in_lockstep(4));
  EXPECT_EQ(search.context().usable.size(), 4U);
  EXPECT_DOUBLE_EQ(search.facts().agreement, 1);
  search.run({}, sink);
  for (const SeedDone& d : sink.events.done) EXPECT_GT(d.queries, 1) << "searched";
  for (const Finding& f : sink.events.findings) EXPECT_NE(f.kind, FindingKind::kNatural);
}

// Refined, it fails alone; as it was found, it held.
TEST(Flaky, RefinedFormThatDoesNotHoldAloneIsNotKept) {
  constexpr int kSeeds = 4;
  std::atomic<int> alone{-1000};
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  const auto differs_on_mutants = [](InputView in, std::span<float> out) {
    const auto p = in.pixels();
    brighter_than(std::ranges::equal(p.first(p.size() - 1), p.subspan(1)) ? kNever : -1)(in, out);
  };
  const auto differs_at_first = [&](InputView in, std::span<float> out) {
    if (++alone <= kSeeds)
      differs_on_mutants(in, out);
    else
      brighter_than(kNever)(in, out);
  };
  models.compressed = std::make_unique<BatchDependent>(2, differs_on_mutants, differs_at_first);
  const SeedSet seeds = dark_seeds(kSeeds);
  SearchSettings s = in_lockstep(kSeeds);
  s.refine = Refine::kPixels;
  s.refine_queries = 5;
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, s);
  alone = 0;
  search.run({}, sink);
  ASSERT_EQ(sink.events.findings.size(), static_cast<std::size_t>(kSeeds));
  for (const Finding& f : sink.events.findings) {
    EXPECT_FALSE(f.flaky);
    EXPECT_EQ(f.label_compressed, 1) << "as it was confirmed";
    EXPECT_EQ(f.refine_queries, 5);
  }
}

// Gives the lightest pixel of the whole batch, which seeds that reach equally far do not show.
class LightestOfAll final : public Model {
 public:
  [[nodiscard]] const ModelInfo& info() const override { return toy_->info(); }
  void query(std::span<const InputView> inputs, Answers& out) override {
    std::uint8_t lightest = 0;
    for (const InputView& input : inputs) lightest = std::max(lightest, *std::ranges::max_element(input.pixels()));
    const std::span<float> raw = out.prepare(inputs.size(), 2);
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      raw[2 * row] = 1;
      raw[2 * row + 1] = static_cast<float>(lightest) / 1000;
    }
  }
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<LightestOfAll>(); }

 private:
  std::unique_ptr<Model> toy_ = make_function_model(kShape, 2, [](auto, auto) {});
};

TEST(RowsExact, SeesARangeThatTheSeedsShare) {
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 90), toy::filled(kShape, 90)});
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  models.compressed = std::make_unique<LightestOfAll>();
  EXPECT_FALSE(Search(models.pair(), seeds, in_lockstep(4)).facts().rows_exact);
  models.compressed = keep_rows_exact(std::make_unique<LightestOfAll>());
  EXPECT_TRUE(Search(models.pair(), seeds, in_lockstep(4)).facts().rows_exact);
}

TEST(RowsExact, TellsWhetherBatchOneAnswersTheSameBits) {
  const SeedSet seeds = dark_seeds(4);
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  EXPECT_TRUE(Search(models.pair(), seeds, in_lockstep(4)).facts().rows_exact);
  const auto a_little_less = [f = brighter_than(kNever)](InputView in, std::span<float> out) {
    f(in, out);
    out[0] = std::nextafter(out[0], 0.0F);
  };
  models.compressed = std::make_unique<BatchDependent>(2, brighter_than(kNever), a_little_less);
  EXPECT_FALSE(Search(models.pair(), seeds, in_lockstep(4)).facts().rows_exact);
}

// NaN in the compressed model alone, where the image is bright.
toy::Function breaks_above(double level, toy::Function f) {
  return [level, f = std::move(f)](InputView in, std::span<float> out) {
    f(in, out);
    if (toy::mean_of(in) > level) out[1] = std::numeric_limits<float>::quiet_NaN();
  };
}

TEST(NotFinite, IsReportedOnceASeedAndTheRunGoesOn) {
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), breaks_above(150, toy::linear(kShape, 4, 0)));
  const SeedSet seeds = toy::varied_seeds(kShape, 30);
  toy::CollectingSink sink;
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.strategy.operators = "multiplicative-noise,pixel-change";
  Search search(models.pair(), seeds, s);
  search.run({}, sink);
  EXPECT_EQ(sink.events.done.size(), search.plan().size());
  std::map<SeedIndex, int> reports;
  for (const NotFinite& n : sink.events.not_finite) {
    ++reports[n.seed];
    EXPECT_FALSE(n.original);
    EXPECT_TRUE(n.compressed);
    EXPECT_GT(toy::mean_of(decode_image(n.png, "report").view()), 150);
  }
  EXPECT_GT(reports.size(), 0U);
  for (const SeedDone& d : sink.events.done) {
    EXPECT_EQ(reports[d.seed], d.not_finite > 0 ? 1 : 0);
    EXPECT_EQ(d.queries, s.max_queries) << "equal models but for the NaN: nothing to be found";
  }
  EXPECT_TRUE(sink.events.findings.empty());
}

TEST(NotFinite, InputIsNoSeed) {
  const toy::ToyPair models(kShape, 2, brighter_than(kNever), breaks_above(150, brighter_than(kNever)));
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 100), toy::filled(kShape, 200)});
  const Search search(models.pair(), seeds, toy::settings());
  EXPECT_EQ(search.context().status[1], SeedStatus::kNotFinite);
  EXPECT_EQ(search.plan(), std::vector<SeedIndex>{SeedIndex(0)});
}

[[noreturn]] void fail() { throw Error(ErrorCode::kModelFailed, "the runtime died"); }

// Fails for good when it has been asked for so many rows; 0: never.
struct Fuse {
  std::atomic<std::int64_t> left{0};
  std::atomic<bool> blown{false};
  void burn() {
    if (left > 0 && --left == 0) blown = true;
    if (blown) fail();
  }
};

toy::Function fused(Fuse& fuse, toy::Function f) {
  return [&fuse, f = std::move(f)](InputView in, std::span<float> out) {
    fuse.burn();
    f(in, out);
  };
}

template <class F>
void expect_model_failed(F&& run) {
  try {
    run();
    ADD_FAILURE() << "the failure got lost";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kModelFailed);
    EXPECT_NE(std::string(e.what()).find("the runtime died"), std::string::npos);
  }
}

TEST(ModelFailure, KeepsWhatWasFoundAndResumeEndsTheSame) {
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  const auto expected = toy::told(toy::search(toy::linear_pair(), seeds, toy::settings()));
  for (const int workers : {1, 2}) {
    for (const std::int64_t rows : {1, 60, 300}) {
      Fuse fuse;
      const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), fused(fuse, toy::linear(kShape, 4, 0.5)));
      SearchSettings s = toy::settings();
      s.workers = workers;
      toy::CollectingSink sink;
      Search search(models.pair(), seeds, s);
      fuse.left = rows;
      expect_model_failed([&] { search.run({}, sink); });
      EXPECT_LT(sink.events.done.size(), search.plan().size());
      fuse.blown = false;
      Events all = sink.events;
      toy::append(all, toy::search(models, seeds, s, toy::seeds_done(all)));
      EXPECT_EQ(toy::told(all), expected) << rows << " rows, workers " << workers;
    }
  }
}

// Once only, as memory that another program holds for a while.
TEST(ModelFailure, ThatDoesNotComeAgainChangesNothing) {
  const SeedSet seeds = toy::varied_seeds(kShape, 40);
  const auto expected = toy::told(toy::search(toy::linear_pair(), seeds, toy::settings()));
  std::atomic<std::int64_t> left{0};
  const auto fails_once = [&, f = toy::linear(kShape, 4, 0.5)](InputView in, std::span<float> out) {
    if (left > 0 && --left == 0) fail();
    f(in, out);
  };
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), fails_once);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, toy::settings());
  left = 60;
  search.run({}, sink);
  EXPECT_EQ(left, 0);
  EXPECT_TRUE(sink.events.failed.empty());
  EXPECT_EQ(toy::told(sink.events), expected);
}

toy::Function fails_above(double level, toy::Function f) {
  return [level, f = std::move(f)](InputView in, std::span<float> out) {
    if (toy::mean_of(in) > level) fail();
    f(in, out);
  };
}

TEST(FailedInput, EndsItsChainAndNoOther) {
  SearchSettings s = toy::settings();
  s.strategy.name = "random";
  s.strategy.operators = "multiplicative-noise,pixel-change";
  const SeedSet seeds = toy::varied_seeds(kShape, 30);
  const toy::Function f = toy::linear(kShape, 4, 0);
  const Events whole = toy::search(toy::ToyPair(kShape, 4, f, f), seeds, s);
  for (const int batch : {1, 7, 64}) {
    s.batch = batch;
    const toy::ToyPair models(kShape, 4, f, fails_above(205, f));
    toy::CollectingSink sink;
    Search search(models.pair(), seeds, s);
    EXPECT_EQ(search.run({}, sink).end, SearchEnd::kComplete);
    EXPECT_EQ(toy::seeds_done(sink.events), search.plan());
    std::map<SeedIndex, int> failed;
    for (const FailedInput& input : sink.events.failed) {
      ++failed[input.seed];
      EXPECT_TRUE(input.compressed);
      EXPECT_FALSE(input.original);
      EXPECT_FALSE(input.hung);
      EXPECT_EQ(input.why, "toy: the runtime died");
      EXPECT_GT(toy::mean_of(decode_image(input.png, "evidence").view()), 205);
    }
    EXPECT_GT(failed.size(), 0U);
    EXPECT_LT(failed.size(), 30U);
    for (const SeedDone& d : sink.events.done) {
      if (search.context().status[static_cast<std::size_t>(d.seed.value)] != SeedStatus::kUsable) continue;
      EXPECT_EQ(d.end == ChainEnd::kModelFailed, failed[d.seed] == 1) << d.seed.value;
      EXPECT_EQ(d.end == ChainEnd::kModelFailed, d.queries < s.max_queries) << "the others are searched to the end";
    }
  }
}

TEST(FailedInput, OfAChainThatRefinesLeavesItsFinding) {
  const auto fails_when_refined = [](InputView in, std::span<float> out) {
    const double mean = toy::mean_of(in);
    if (mean > 119) fail();
    out[1] = static_cast<float>((mean - 104) / 8);  // severity rises with the brightness
    out[0] = -out[1];
  };
  const auto not_yet = [](InputView in, std::span<float> out) {
    out[0] = static_cast<float>((toy::mean_of(in) - 90) / 8);
    out[1] = -out[0];
  };
  const toy::ToyPair models(kShape, 2, not_yet, fails_when_refined);
  SearchSettings s = in_lockstep(4);
  s.strategy.name = "random";
  s.max_queries = 2000;
  s.refine = Refine::kClimb;
  s.refine_queries = 2000;
  const Events events = toy::search(models, dark_seeds(4), s);
  EXPECT_EQ(events.done.size(), 4U);
  int failed_while_refining = 0;
  for (const SeedDone& d : events.done) {
    if (d.refine_queries == 0) continue;
    EXPECT_NE(std::ranges::find(events.findings, d.seed, &Finding::seed), events.findings.end());
    failed_while_refining += std::ranges::count(events.failed, d.seed, &FailedInput::seed) > 0 ? 1 : 0;
  }
  EXPECT_GT(failed_while_refining, 0);
}

TEST(FailedInput, TooManyEndTheRun) {
  const auto fails_on_mutants = [](InputView in, std::span<float> out) {
    const auto p = in.pixels();
    if (std::ranges::any_of(p, [&](std::uint8_t v) { return v != p.front(); })) fail();
    brighter_than(kNever)(in, out);
  };
  const toy::ToyPair models(kShape, 2, brighter_than(kNever), fails_on_mutants);
  const SeedSet seeds = dark_seeds(static_cast<int>(kMostFailedInputs) + 50);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, in_lockstep(16));
  try {
    search.run({}, sink);
    ADD_FAILURE() << "it went on and on";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kModelFailed);
    EXPECT_NE(std::string(e.what()).find("the runtime died"), std::string::npos);
  }
  EXPECT_EQ(std::ssize(sink.events.failed), kMostFailedInputs);
}

TEST(FailedInput, AmongTheSeedsIsNoSeed) {
  const toy::ToyPair models(kShape, 2, brighter_than(kNever), fails_above(150, brighter_than(kNever)));
  const SeedSet seeds = toy::seeds_of(
      {toy::filled(kShape, 200), toy::filled(kShape, 100), toy::filled(kShape, 90), toy::filled(kShape, 210)});
  for (const int batch : {0, 1, 4}) {
    SearchSettings s = toy::settings();
    s.batch = batch;
    toy::CollectingSink sink;
    Search search(models.pair(), seeds, s);
    using enum SeedStatus;
    EXPECT_EQ(search.context().status, (std::vector{kFailed, kUsable, kUsable, kFailed})) << batch;
    ASSERT_EQ(search.failed_seeds().size(), 2U);
    EXPECT_EQ(search.failed_seeds()[1].seed, SeedIndex(3));
    EXPECT_EQ(decode_image(search.failed_seeds()[1].png, "evidence"), seeds.seeds[3].input);
    EXPECT_DOUBLE_EQ(search.facts().agreement, 1) << "over the answers that there are";
    search.run({}, sink);
    EXPECT_GE(sink.events.failed.size(), 2U) << "kept as evidence";
  }
}

// Natural deviations are known before the first mutant is asked; one that kills the runtime must not take them along.
TEST(ModelFailure, KeepsNaturalFindingsOfTheSameStep) {
  Fuse fuse;
  const auto fails_on_mutants = [&](InputView in, std::span<float> out) {
    const auto p = in.pixels();
    if (std::ranges::any_of(p, [&](std::uint8_t v) { return v != p.front(); })) fuse.blown = true;
    if (fuse.blown) fail();
    brighter_than(150)(in, out);
  };
  const toy::ToyPair models(kShape, 2, brighter_than(110), fails_on_mutants);
  const SeedSet seeds = toy::seeds_of({toy::filled(kShape, 130), toy::filled(kShape, 50), toy::filled(kShape, 60)});
  SearchSettings s = toy::settings();
  s.strategy.operators = "multiplicative-noise";
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, s);
  expect_model_failed([&] { search.run({}, sink); });
  ASSERT_EQ(sink.events.findings.size(), 1U);
  EXPECT_EQ(sink.events.findings[0].kind, FindingKind::kNatural);
  EXPECT_EQ(sink.events.done.size(), 1U);
}

// Both seeds deviate in one step; the model dies on confirming the second.
TEST(ModelFailure, WhileConfirmingKeepsTheFindingBefore) {
  Fuse alone;
  toy::ToyPair models(kShape, 2, brighter_than(kNever), brighter_than(kNever));
  const auto differs_on_mutants = [](InputView in, std::span<float> out) {
    const auto p = in.pixels();
    brighter_than(std::ranges::equal(p.first(p.size() - 1), p.subspan(1)) ? kNever : -1)(in, out);
  };
  models.compressed = std::make_unique<BatchDependent>(2, differs_on_mutants, fused(alone, differs_on_mutants));
  const SeedSet seeds = dark_seeds(4);
  const SearchSettings s = in_lockstep(4);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, s);
  alone.left = 2;
  expect_model_failed([&] { search.run({}, sink); });
  EXPECT_EQ(sink.events.findings.size(), 1U);
  EXPECT_EQ(sink.events.done.size(), 1U);
}

TEST(ModelFailure, AtStartUpIsToldAtOnce) {
  Fuse fuse;
  fuse.left = 1;
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), fused(fuse, toy::linear(kShape, 4, 0.5)));
  const SeedSet seeds = toy::varied_seeds(kShape, 10);
  expect_model_failed([&] { const Search search(models.pair(), seeds, toy::settings()); });
}

TEST(Watchdog, SeesWhenTheOldestQueryBegan) {
  LiveProgress live;
  std::atomic<std::int64_t> seen{0};
  const auto looks_at_the_clock = [&](InputView in, std::span<float> out) {
    for (const auto& slot : live.queries_under_way) seen = std::max<std::int64_t>(seen, slot.started());
    brighter_than(kNever)(in, out);
  };
  const toy::ToyPair models(kShape, 2, brighter_than(kNever), looks_at_the_clock);
  const SeedSet seeds = dark_seeds(2);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, in_lockstep(2), &live);
  EXPECT_GT(seen, 0) << "start-up";
  seen = 0;
  search.run({}, sink);
  EXPECT_GT(seen, 0) << "chains";
  for (const auto& slot : live.queries_under_way) EXPECT_EQ(slot.started(), 0) << "no query runs any more";
}

}  // namespace
}  // namespace dflare
