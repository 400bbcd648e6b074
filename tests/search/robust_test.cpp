// How findings stand up to a level more or less: what is told of it, what counts, and what it costs.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "core/array_values.h"
#include "search/neighbourhood.h"
#include "search/told.h"
#include "support/arrays.h"
#include "support/texts.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr double kNever = 1000;

// Class 1 from a brightness on.
toy::Function brighter_than(double level) {
  return [level](InputView in, std::span<float> out) {
    out[1] = static_cast<float>((toy::mean_of(in) - level) / 64);
    out[0] = -out[1];
  };
}

int sum_of(InputView in) {
  int sum = 0;
  for (const std::uint8_t v : in.pixels()) sum += v;
  return sum;
}

// SOLUTION: any image whose values add up to a multiple of 8. One in eight of its neighbours is another.
toy::ToyPair brittle_pair() {
  const toy::Function one = brighter_than(kNever);
  return {kShape, 2, one, [one](InputView in, std::span<float> out) {
            one(in, out);
            if (sum_of(in) % 8 == 0) std::swap(out[0], out[1]);
          }};
}

// SOLUTION: between brightness 125 and 130, where every neighbour is one too but at the very edge; below 125 the
// brittle ones of above.
toy::ToyPair brittle_and_sound_pair() {
  const toy::Function one = brighter_than(130), other = brighter_than(125);
  return {kShape, 2, one, [other](InputView in, std::span<float> out) {
            other(in, out);
            if (toy::mean_of(in) < 125 && sum_of(in) % 8 == 0) std::swap(out[0], out[1]);
          }};
}

SeedSet dark_seeds(int count) {
  std::vector<Input> images;
  for (int i = 0; i < count; ++i) {
    images.push_back(toy::filled(kShape, 100));
    images.back().pixels[0] = 101;  // no multiple of 8
  }
  return toy::seeds_of(std::move(images));
}

SearchSettings settings(double min_robust) {
  SearchSettings s = toy::settings();
  s.robust = 16;
  s.min_robust = min_robust;
  return s;
}

SearchSettings walking(double min_robust) {
  SearchSettings s = settings(min_robust);
  s.strategy.name = "random";
  s.strategy.operators = "pixel-change,multiplicative-noise";
  s.max_queries = 2000;
  return s;
}

TEST(Robust, FindingsTellWhetherTheyOutlastALevel) {
  const Events brittle = toy::search(brittle_pair(), dark_seeds(20), walking(0));
  ASSERT_EQ(brittle.findings.size(), 20U);
  double sum = 0;
  for (const Finding& f : brittle.findings) {
    EXPECT_EQ(f.robust.asked, 16);
    sum += *f.robust.share();
  }
  EXPECT_NEAR(sum / 20, 1.0 / 8, 0.08);

  const toy::ToyPair wide(kShape, 2, brighter_than(160), brighter_than(120));
  SearchSettings s = settings(0);
  s.strategy.name = "boundary";
  const Events sound = toy::search(wide, toy::varied_seeds(kShape, 20), s);
  ASSERT_FALSE(sound.findings.empty());
  for (const Finding& f : sound.findings) EXPECT_EQ(f.robust.share(), 1) << "seed " << f.seed.value;
}

TEST(Robust, InputsThatDifferAsTheyAreAreMeasuredAndKept) {
  Input brittle = toy::filled(kShape, 100);
  const Events events = toy::search(brittle_pair(), toy::seeds_of({brittle, toy::filled(kShape, 90)}), walking(1));
  const auto natural = std::ranges::find(events.findings, FindingKind::kNatural, &Finding::kind);
  ASSERT_NE(natural, events.findings.end());
  EXPECT_EQ(natural->robust.asked, 16);
  EXPECT_LT(natural->robust.deviating, 16);
}

TEST(Robust, WhatIsBelowTheLeastShareIsNotKeptAndTheSearchGoesOn) {
  const toy::ToyPair models = brittle_and_sound_pair();
  const Events any = toy::search(models, dark_seeds(20), walking(0));
  const Events sound = toy::search(models, dark_seeds(20), walking(1));
  const auto brittle = std::ranges::count_if(any.findings, [](const Finding& f) { return f.robust.deviating < 16; });
  EXPECT_GT(brittle, 10) << "nothing to refuse, and so nothing is shown";
  EXPECT_GT(sound.findings.size(), 15U);
  for (const Finding& f : sound.findings) {
    EXPECT_EQ(f.robust.deviating, 16) << "seed " << f.seed.value;
    EXPECT_EQ(f.label_original, 0);
    EXPECT_GT(toy::mean_of(decode_image(f.png, "finding").view()), 125);
  }
  EXPECT_GT(sound.findings.front().queries, any.findings.front().queries);
}

TEST(Robust, WhereEveryFindingIsBrittleNoneIsKept) {
  const Events events = toy::search(brittle_pair(), dark_seeds(8), walking(0.9));
  EXPECT_TRUE(events.findings.empty());
  EXPECT_EQ(toy::count(events, ChainEnd::kQueriesSpent), 8);
}

TEST(Robust, NeighboursAreCountedAmongTheConfirmations) {
  SearchSettings s = walking(0);
  s.confirm = 3;
  for (const SeedDone& d : toy::search(brittle_pair(), dark_seeds(8), s).done) EXPECT_EQ(d.confirmations, 3 + 16);
  s.robust = 0;
  const Events without = toy::search(brittle_pair(), dark_seeds(8), s);
  for (const SeedDone& d : without.done) EXPECT_EQ(d.confirmations, 3);
  for (const Finding& f : without.findings) EXPECT_FALSE(f.robust.share().has_value());
}

// Shrinking leads to the edge of where the models differ; there, neighbours do not.
TEST(Robust, RefiningTakesNoStepBelowTheLeastShare) {
  const toy::ToyPair wide(kShape, 2, brighter_than(160), brighter_than(120));
  for (const Refine refine : {Refine::kShrink, Refine::kPixels, Refine::kClimb}) {
    SearchSettings s = settings(0);
    s.strategy.name = "boundary";
    s.refine = refine;
    s.refine_queries = 300;
    const auto sound = [](const Events& events) {
      return std::ranges::count_if(events.findings, [](const Finding& f) { return f.robust.deviating == 16; });
    };
    const Events any = toy::search(wide, toy::varied_seeds(kShape, 20), s);
    s.min_robust = 1;
    const Events kept = toy::search(wide, toy::varied_seeds(kShape, 20), s);
    ASSERT_FALSE(kept.findings.empty());
    EXPECT_EQ(sound(kept), std::ssize(kept.findings));
    if (refine != Refine::kShrink) continue;
    EXPECT_LT(sound(any), std::ssize(any.findings)) << "shrinking does not come to the edge";
    double before = 0, after = 0;
    for (const Finding& f : kept.findings) after += f.distance.l2;
    s.refine = Refine::kNone;
    for (const Finding& f : toy::search(wide, toy::varied_seeds(kShape, 20), s).findings) before += f.distance.l2;
    EXPECT_LT(after, 0.8 * before) << "it refuses every step";
  }
}

TEST(Robust, ANeighbourOnWhichAModelFailsIsKeptBesideTheFinding) {
  const SeedSet seeds = dark_seeds(4);
  toy::ToyPair models = brittle_pair();
  const toy::Function calm = brighter_than(kNever);
  models.original = make_function_model(kShape, 2, [calm](InputView in, std::span<float> out) {
    if (in.data[63] == 99) throw std::runtime_error("99 is too much");
    calm(in, out);
  });
  SearchSettings s = walking(0);
  s.strategy.operators = "pixel-change";
  toy::CollectingSink sink;
  Search(models.pair(), seeds, s).run({}, sink);
  ASSERT_FALSE(sink.events.findings.empty());
  bool unmeasured = false;
  for (const Finding& f : sink.events.findings) unmeasured = unmeasured || f.robust.asked == 0;
  EXPECT_TRUE(unmeasured) << "no model failed on a neighbour";
  ASSERT_FALSE(sink.events.failed.empty());
  for (const FailedInput& f : sink.events.failed) EXPECT_EQ(decode_image(f.png, "failed").pixels[63], 99);
}

TEST(Robust, ATextHasNoNeighbours) {
  SearchSettings s = settings(0);
  s.strategy.name = "boundary";
  s.strategy.kind = InputKind::kText;
  const auto original = toy::text_model(false), compressed = toy::text_model(true);
  const SeedSet seeds = toy::text_seeds(8);
  toy::CollectingSink sink;
  Search({original.get(), compressed.get()}, seeds, s).run({}, sink);
  ASSERT_FALSE(sink.events.findings.empty());
  for (const Finding& f : sink.events.findings) EXPECT_EQ(f.robust.asked, 0);
}

// What a Neighbourhood asks about an input, seen from inside a model.
std::vector<Input> neighbours_of(const Input& input, int count) {
  std::vector<Input> asked;
  ModelInfo info;
  info.path = "noted";
  info.shape = input.shape;
  info.classes = 2;
  info.kind = kind_of(input.shape);
  const auto original = make_batch_model(info, [&asked](std::span<const InputView> inputs, std::span<float> out) {
    for (const InputView in : inputs) asked.emplace_back(in);
    std::ranges::fill(out, 0.0F);
  });
  const auto compressed = original->clone();
  RunContext context;
  context.shape = input.shape;
  const InputView view = input.view();
  original->query({&view, 1}, context.original);
  context.original.interpret({OutputKind::kLogits, 0, 0});
  asked.clear();
  QueryUnderWay slot;
  PairInstance pair({original.get(), compressed.get()}, slot);
  pair.read_as({OutputKind::kLogits, 0, 0}, {OutputKind::kLogits, 0, 0}, nullptr, {});
  const Robustness robust = Neighbourhood(context, count).measure(pair, view, SeedIndex(0));
  EXPECT_EQ(robust.asked, count);
  asked.resize(static_cast<std::size_t>(count));  // by the original; the other was asked the same
  return asked;
}

TEST(Neighbourhood, MovesEachValueByALevelAtMostAndStaysInRange) {
  Input image = toy::filled(kShape, 0);
  std::fill(image.pixels.begin() + 32, image.pixels.end(), 255);
  image.pixels[5] = 77;
  std::array<int, 3> steps{};
  for (const Input& n : neighbours_of(image, 300)) {
    EXPECT_NE(n, image);
    for (std::size_t i = 0; i < n.pixels.size(); ++i) EXPECT_LE(std::abs(n.pixels[i] - image.pixels[i]), 1);
    ++steps.at(static_cast<std::size_t>(n.pixels[5] - 76));
  }
  for (const int count : steps) EXPECT_NEAR(count, 100, 35);
}

TEST(Neighbourhood, DependsOnTheInputAlone) {
  const Input a = toy::varied_seeds(kShape, 2).seeds[0].input, b = toy::varied_seeds(kShape, 2).seeds[1].input;
  EXPECT_EQ(neighbours_of(a, 5), neighbours_of(a, 5));
  EXPECT_NE(neighbours_of(a, 5), neighbours_of(b, 5));
}

TEST(Neighbourhood, OfAnArrayIsALevelOfEachNumbersRangeOrAUnit) {
  const Shape shape{1, 12, 1};
  for (const char* dtype : {"f4", "i2"}) {
    const SeedSet seeds = toy::array_seeds(shape, 1, dtype);
    const Input& array = seeds.seeds[0].input;
    const ArrayForm& form = *array.shape.form;
    bool moved = false;
    for (const Input& n : neighbours_of(array, 20)) {
      for (std::size_t i = 0; i < shape.size(); ++i) {
        const double step = std::abs(n.view().numbers()[i] - array.view().numbers()[i]);
        const double level = form.whole ? std::max(1.0, std::nearbyint(level_of(form, i))) : level_of(form, i);
        EXPECT_TRUE(step == 0 || std::abs(step - level) < 1e-5 * level + 1e-6) << dtype << " " << step;
        EXPECT_GE(n.view().numbers()[i], form.low[i]);
        EXPECT_LE(n.view().numbers()[i], form.high[i]);
        moved = moved || step > 0;
      }
    }
    EXPECT_TRUE(moved) << dtype;
  }
}

}  // namespace
}  // namespace dflare
