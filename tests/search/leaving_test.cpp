// Whatever ends a run: every confirmed finding is kept, the reason is told, and going on ends the same.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "dflare/error.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr int kSeeds = 12;

toy::Function slow(toy::Function f) {
  return [f = std::move(f)](InputView in, std::span<float> out) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    f(in, out);
  };
}

SearchSettings refining(Refine refine, std::int64_t queries) {
  SearchSettings s = toy::settings();
  s.strategy.name = "boundary";
  s.refine = refine;
  s.refine_queries = queries;
  return s;
}

// Seeds with a finding whose chain has not ended.
std::map<SeedIndex, Finding> unfinished(const Events& events) {
  std::map<SeedIndex, Finding> found;
  for (const Finding& f : events.findings) {
    const bool done = std::ranges::find(events.done, f.seed, &SeedDone::seed) != events.done.end();
    if (!done && !f.flaky) found[f.seed] = f;
  }
  return found;
}

void expect_true(const Finding& f) {
  const toy::ToyPair models = toy::linear_pair();
  const Input image = decode_image(f.png, "a finding");
  const InputView view = image.view();
  Answers original;
  Answers compressed;
  models.original->query({&view, 1}, original);
  models.compressed->query({&view, 1}, compressed);
  original.interpret({OutputKind::kLogits, 0, 0});
  compressed.interpret({OutputKind::kLogits, 0, 0});
  EXPECT_EQ(f.label_original, original[0].label);
  EXPECT_EQ(f.label_compressed, compressed[0].label);
  EXPECT_NE(f.label_original, f.label_compressed);
  EXPECT_EQ(f.severity, severity(original[0], compressed[0]));
}

class WhileRefining : public testing::TestWithParam<Refine> {};

TEST_P(WhileRefining, CtrlCKeepsWhatIsConfirmedAndGoingOnEndsTheSame) {
  const SeedSet seeds = toy::varied_seeds(kShape, kSeeds);
  const SearchSettings s = refining(GetParam(), 60);
  const auto expected = toy::told(toy::search(toy::linear_pair(), seeds, s));
  std::size_t kept = 0;
  std::size_t improved = 0;
  for (const std::int64_t rows : {20, 150, 500}) {
    LiveProgress live;
    toy::Interrupted models(toy::linear_pair(), live);
    toy::CollectingSink sink;
    Search search(models.pair(), seeds, s, &live);
    models.after(rows);
    EXPECT_EQ(search.run({}, sink).end, SearchEnd::kStopped);
    const auto left = unfinished(sink.events);
    kept += left.size();
    for (const auto& [seed, f] : left) {
      expect_true(f);
      improved += f.severity != f.severity_found ? 1 : 0;
    }
    EXPECT_EQ(live.seeds_done, std::ssize(sink.events.done));
    std::erase_if(sink.events.findings, [&](const Finding& f) { return left.contains(f.seed); });
    toy::append(sink.events, toy::search(toy::linear_pair(), seeds, s, toy::seeds_done(sink.events)));
    EXPECT_EQ(toy::told(sink.events), expected) << rows;
  }
  EXPECT_GT(kept, 0U);
  EXPECT_GT(improved, 0U) << "the best form that there is, not the first";
}

TEST_P(WhileRefining, TimeLimitKeepsWhatIsConfirmed) {
  const toy::ToyPair models(kShape, 4, slow(toy::linear(kShape, 4, 0)), toy::linear(kShape, 4, 0.5));
  SearchSettings s = refining(GetParam(), 1000000);
  s.time_limit_seconds = 1.5;
  toy::CollectingSink sink;
  const SeedSet seeds = toy::varied_seeds(kShape, kSeeds);
  EXPECT_EQ(Search(models.pair(), seeds, s).run({}, sink).end, SearchEnd::kTimeLimit);
  EXPECT_GT(unfinished(sink.events).size(), 0U);
}

TEST_P(WhileRefining, FailingModelKeepsWhatIsConfirmed) {
  std::atomic<std::int64_t> left{0};
  const auto dies = [&, f = toy::linear(kShape, 4, 0.5)](InputView in, std::span<float> out) {
    if (left > 0 && --left == 0) left = -1;
    if (left < 0) throw Error(ErrorCode::kModelFailed, "the runtime died");
    f(in, out);
  };
  const toy::ToyPair models(kShape, 4, toy::linear(kShape, 4, 0), dies);
  const SeedSet seeds = toy::varied_seeds(kShape, kSeeds);
  toy::CollectingSink sink;
  Search search(models.pair(), seeds, refining(GetParam(), 1000000));
  left = 400;
  EXPECT_THROW(search.run({}, sink), Error);
  const auto kept = unfinished(sink.events);
  EXPECT_GT(kept.size(), 0U);
  for (const auto& [seed, f] : kept) expect_true(f);
}

// The process may be killed at any moment: a sink that keeps things has it before it is refined.
TEST_P(WhileRefining, FindingIsToldBeforeItIsRefined) {
  const Events events = toy::search(toy::linear_pair(), toy::varied_seeds(kShape, kSeeds), refining(GetParam(), 30));
  ASSERT_FALSE(events.unsettled.empty());
  for (const Finding& f : events.unsettled) {
    expect_true(f);
    EXPECT_EQ(f.refine_queries, 0);
    EXPECT_TRUE(std::ranges::any_of(events.findings, [&](const Finding& last) {
      return last.seed == f.seed && last.ordinal == f.ordinal && last.severity_found == f.severity;
    }));
  }
}

TEST_P(WhileRefining, TimeoutOfASeedHolds) {
  const toy::ToyPair models(kShape, 4, slow(toy::linear(kShape, 4, 0)), toy::linear(kShape, 4, 0.5));
  SearchSettings s = refining(GetParam(), 100000);
  s.batch = 1;
  s.timeout_seconds = 0.1;
  const Events events = toy::search(models, toy::varied_seeds(kShape, 4), s);
  EXPECT_GT(events.findings.size(), 0U);
  for (const SeedDone& d : events.done) {
    EXPECT_LE(d.queries + d.refine_queries, 110) << "a query takes a millisecond";
    if (d.refine_queries == 0) continue;  // natural
    EXPECT_GE(d.seconds, 0.1);
  }
}

INSTANTIATE_TEST_SUITE_P(, WhileRefining, testing::Values(Refine::kClimb, Refine::kShrink),
                         [](const auto& tested) { return tested.param == Refine::kClimb ? "climb" : "shrink"; });

// Two seeds one grey level apart, with different labels: between them there is nothing to ask.
TEST(Leaving, ChainBetweenTwoNeighbouringImagesEnds) {
  constexpr Shape kSmall{4, 4, 1};
  const auto brighter = [](InputView in, std::span<float> out) {
    double sum = 0;
    for (const std::uint8_t v : in.pixels()) sum += v;
    out[1] = static_cast<float>((sum - 1600.5) / 16);
    out[0] = -out[1];
  };
  const toy::ToyPair models(kSmall, 2, brighter, brighter);
  const Input dark = toy::filled(kSmall, 100);
  Input bright = dark;
  bright.pixels[5] = 101;
  SearchSettings s = toy::settings();
  s.strategy.name = "boundary";
  s.strategy.end_points = EndPoints::kBlend;
  const Events events = toy::search(models, toy::seeds_of({dark, bright}), s);
  EXPECT_EQ(events.done.size(), 2U);
  EXPECT_TRUE(events.findings.empty());
}

// Ctrl-C during the very last query has left nothing unfinished.
TEST(Leaving, RunThatWasStoppedAtItsEndIsComplete) {
  LiveProgress live;
  toy::Interrupted models(toy::ToyPair(kShape, 4, toy::linear(kShape, 4, 0), toy::linear(kShape, 4, 0)), live);
  SearchSettings s = toy::settings();
  s.max_queries = 5;
  toy::CollectingSink sink;
  const SeedSet seeds = toy::varied_seeds(kShape, 1);
  Search search(models.pair(), seeds, s, &live);
  models.after(4);
  EXPECT_EQ(search.run({}, sink).end, SearchEnd::kComplete);
  EXPECT_TRUE(live.stop);
  EXPECT_EQ(sink.events.done.size(), 1U);
}

TEST(Leaving, DeadlineThatStartUpUsesUpIsAnError) {
  const toy::ToyPair models(kShape, 4, slow(toy::linear(kShape, 4, 0)), toy::linear(kShape, 4, 0.5));
  const SeedSet seeds = toy::varied_seeds(kShape, 1000);
  SearchSettings s = toy::settings();
  s.deadline = std::chrono::steady_clock::now();
  try {
    const Search search(models.pair(), seeds, s);
    ADD_FAILURE() << "the time was over";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    EXPECT_NE(e.hint().find("--time-limit"), std::string::npos);
  }
  EXPECT_LT(*models.asked_original, 500) << "it does not ask on";
}

TEST(Leaving, DeadlineEndsARunAsATimeLimitDoes) {
  const toy::ToyPair models = toy::linear_pair();
  const SeedSet seeds = toy::varied_seeds(kShape, kSeeds);
  SearchSettings s = toy::settings();
  s.deadline = std::chrono::steady_clock::now();
  toy::CollectingSink sink;
  EXPECT_EQ(Search(models.pair(), seeds, s).run({}, sink).end, SearchEnd::kTimeLimit);
  EXPECT_TRUE(sink.events.done.empty());
}

}  // namespace
}  // namespace dflare
