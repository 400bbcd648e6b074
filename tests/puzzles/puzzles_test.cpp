// Tiny pairs of models with a known answer. A puzzle states it; the search, which sees outputs only, has to come upon
// it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr int kSeeds = 20;

// A model of two classes that says 1 where z > 0, the surer the larger z.
toy::Function says_one_where(std::function<double(InputView)> z) {
  return [z = std::move(z)](InputView in, std::span<float> out) {
    out[1] = static_cast<float>(z(in));
    out[0] = -out[1];
  };
}

toy::Function brighter_than(double level) {
  return says_one_where([level](InputView in) { return (toy::mean_of(in) - level) / 64; });
}

std::int64_t found(const Events& events) { return toy::count(events, ChainEnd::kFound); }

// What a finding shows.
Input image_of(const Finding& f) { return decode_image(f.png, "finding"); }

SearchSettings with_operators(const std::string& operators) {
  SearchSettings s = toy::settings();
  s.strategy.operators = operators;
  s.max_queries = 2000;
  return s;
}

// Images of one level each, from dark to bright, none of them in the slab of a puzzle.
SeedSet flat_seeds() {
  std::vector<Input> images;
  for (int i = 0; i < kSeeds; ++i) images.push_back(toy::filled(kShape, i < kSeeds / 2 ? 30 + 8 * i : 60 + 8 * i));
  return toy::seeds_of(std::move(images));
}

// SOLUTION: the two biases differ by 8 grey levels; any image whose mean is above 119.5 and not above 127.5.
class BiasDiffersByEight : public testing::TestWithParam<std::string> {};

TEST_P(BiasDiffersByEight, EverySeedReachesTheSlab) {
  const toy::ToyPair models(kShape, 2, brighter_than(127.5), brighter_than(119.5));
  SearchSettings s = with_operators("paper");
  s.strategy.name = GetParam();
  s.natural_box = {.light = 120};
  const Events events = toy::search(models, flat_seeds(), s);
  EXPECT_EQ(found(events), kSeeds);
  for (const Finding& f : events.findings) {
    const double mean = toy::mean_of(image_of(f).view());
    EXPECT_GT(mean, 119.5);
    EXPECT_LE(mean, 127.5);
    EXPECT_EQ(f.label_original, 0);
    EXPECT_EQ(f.label_compressed, 1);
    EXPECT_EQ(f.kind, f.seed_label == 0 ? FindingKind::kCompressedLost : FindingKind::kOriginalLost);
  }
}

INSTANTIATE_TEST_SUITE_P(Puzzle, BiasDiffersByEight, testing::ValuesIn(strategy_names()),
                         [](const testing::TestParamInfo<std::string>& tested) { return tested.param; });

// SOLUTION: every one of the paper's variants reaches the slab of the puzzle above.
TEST(Puzzle, EveryVariantOfTheSearchReachesTheSlab) {
  const toy::ToyPair models(kShape, 2, brighter_than(127.5), brighter_than(119.5));
  for (const Fitness fitness : {Fitness::kPaper, Fitness::kReference, Fitness::kNoState}) {
    for (const SelectionPolicy selection :
         {SelectionPolicy::kMetropolisHastings, SelectionPolicy::kUniform, SelectionPolicy::kReference}) {
      for (const char* operators : {"paper", "reference"}) {
        SearchSettings s = with_operators(operators);
        s.strategy.fitness = fitness;
        s.strategy.selection = selection;
        EXPECT_EQ(found(toy::search(models, flat_seeds(), s)), kSeeds)
            << "fitness " << static_cast<int>(fitness) << ", selection " << static_cast<int>(selection) << ", "
            << operators << " operators";
      }
    }
  }
}

// SOLUTION: pixel (3, 5) lies in 181..200; all others do not matter.
TEST(Puzzle, OnlyOnePixelMatters) {
  constexpr std::size_t kPixel = 3 * 8 + 5;
  const auto above = [](int level) {
    return says_one_where([level](InputView in) { return (in.data[kPixel] - level - 0.5) / 64; });
  };
  const toy::ToyPair models(kShape, 2, above(200), above(180));
  const Events events = toy::search(models, flat_seeds(), with_operators("pixel-change"));
  EXPECT_GE(found(events), kSeeds - 2);
  for (const Finding& f : events.findings) {
    EXPECT_GT(image_of(f).pixels[kPixel], 180);
    EXPECT_LE(image_of(f).pixels[kPixel], 200);
  }
}

double roughness(InputView in) {
  int sum = 0;
  for (std::size_t i = 1; i < in.shape.size(); ++i) sum += std::abs(in.data[i] - in.data[i - 1]);
  return sum / static_cast<double>(in.shape.size() - 1);
}

SeedSet rough_seeds() {
  std::vector<Input> images;
  for (int i = 0; i < kSeeds; ++i) {
    Rng rng(3, static_cast<std::uint64_t>(i));
    Input& image = images.emplace_back(Shape{16, 16, 1});
    for (std::uint8_t& v : image.pixels) v = rng.below(2) == 0 ? 0 : 255;
  }
  return toy::seeds_of(std::move(images));
}

// SOLUTION: neighbouring pixels differ by 40 to 60 on average. The seeds' differ by 128: nothing but a blur gets there.
TEST(Puzzle, SlabIsReachedByBlurOnly) {
  const auto rougher_than = [](double level) {
    return says_one_where([level](InputView in) { return (roughness(in) - level) / 16; });
  };
  const toy::ToyPair models({16, 16, 1}, 2, rougher_than(60), rougher_than(40));
  const SeedSet seeds = rough_seeds();
  for (const char* blur : {"average-blur", "gaussian-blur"}) {
    const Events events = toy::search(models, seeds, with_operators(std::string(blur) + ",pixel-change"));
    EXPECT_GE(found(events), kSeeds - 2) << blur;
    for (const Finding& f : events.findings) EXPECT_LE(roughness(image_of(f).view()), 60);
  }
  SearchSettings s = with_operators("pixel-change,gaussian-noise,salt-and-pepper");
  s.max_queries = 300;
  EXPECT_EQ(found(toy::search(models, seeds, s)), 0);
  s.strategy.name = "diffchaser";  // changes single pixels, whatever the operators
  EXPECT_EQ(found(toy::search(models, seeds, s)), 0);
}

// SOLUTION: with strict labels there is none: rounding to 8 bits never turns the order of two values around, it only
// makes them equal. With ties by first index: a mean above 128 by less than 4.
TEST(Puzzle, RoundingMakesTiesAndNothingElse) {
  const auto probability = [](InputView in) { return 0.5 + (toy::mean_of(in) - 128) / 2048; };
  const auto exact = [=](InputView in, std::span<float> out) {
    out[1] = static_cast<float>(probability(in));
    out[0] = 1 - out[1];
  };
  const auto rounded = [=](InputView in, std::span<float> out) {
    out[1] = static_cast<float>(std::round(probability(in) * 256) / 256);
    out[0] = 1 - out[1];
  };
  const toy::ToyPair models(kShape, 2, exact, rounded);
  SearchSettings s = with_operators("paper");
  s.strategy.name = "random";  // rounding makes gaps everywhere: guidance by the gap leads nowhere
  s.output = OutputKind::kProbabilities;
  const Events strict = toy::search(models, flat_seeds(), s);
  EXPECT_TRUE(strict.findings.empty());
  std::int64_t ties = 0;
  for (const SeedDone& d : strict.done) ties += d.ties;
  EXPECT_GT(ties, 0) << "the search was there, and rightly did not count it";
  s.acceptance.ties = TiePolicy::kCount;
  const Events counted = toy::search(models, flat_seeds(), s);
  EXPECT_GE(found(counted), kSeeds - 2);
  for (const Finding& f : counted.findings) {
    EXPECT_TRUE(f.tie);
    EXPECT_EQ(f.label_original, 1);
    EXPECT_EQ(f.label_compressed, 0) << "the first of two equal values";
  }
}

// SOLUTION: one model looks at red, the other at green; an image with much of the one and little of the other.
TEST(Puzzle, ChannelsAreToldApart) {
  const Shape shape{8, 8, 3};
  const auto much_of = [](std::size_t channel) {
    return says_one_where([channel](InputView in) {
      double sum = 0;
      for (std::size_t i = channel; i < in.shape.size(); i += 3) sum += in.data[i];
      return sum / 64 - 128;
    });
  };
  const toy::ToyPair models(shape, 2, much_of(0), much_of(1));
  std::vector<Input> images;
  for (int level : {90, 100, 110, 150, 160}) images.push_back(toy::filled(shape, level));
  const Events events = toy::search(models, toy::seeds_of(std::move(images)), with_operators("paper"));
  EXPECT_EQ(found(events), 5);
}

// SOLUTION: above 128 one model says 1, the other 2: neither keeps the seed's label, and neither hesitates.
TEST(Puzzle, BothLeaveForDifferentLabels) {
  const auto says = [](std::size_t label) {
    return [label](InputView in, std::span<float> out) {
      std::ranges::fill(out, -2.0F);
      out[toy::mean_of(in) > 128 ? label : 0] = 2;
    };
  };
  const toy::ToyPair models(kShape, 3, says(1), says(2));
  std::vector<Input> images;
  for (int level : {100, 105, 110, 115, 120}) images.push_back(toy::filled(kShape, level));
  const Events events = toy::search(models, toy::seeds_of(std::move(images)), with_operators("paper"));
  EXPECT_EQ(found(events), 5);
  for (const Finding& f : events.findings) {
    EXPECT_EQ(f.kind, FindingKind::kBothChanged);
    EXPECT_NEAR(f.severity, 4, 1e-5);
  }
}

// SOLUTION: 24 of 256 pixels black or white. Salt and pepper adds one or two, a median takes nearly all away: who keeps
// every mutant hardly ever gets there, who keeps those that widen the gap does.
TEST(Puzzle, StepsThatHelpMustBeKept) {
  const Shape shape{16, 16, 1};
  const auto extremes = [](InputView in) {
    return static_cast<double>(std::ranges::count_if(in.pixels(), [](std::uint8_t v) { return v == 0 || v == 255; }));
  };
  const toy::ToyPair models(shape, 2, says_one_where([](InputView) { return -1.0; }),
                            says_one_where([=](InputView in) { return (extremes(in) - 23.5) / 24; }));
  std::vector<Input> images;
  for (int i = 0; i < kSeeds; ++i) images.push_back(toy::filled(shape, 100 + i));
  const SeedSet seeds = toy::seeds_of(std::move(images));
  SearchSettings s = with_operators("salt-and-pepper,median-blur,average-blur");
  s.max_queries = 400;
  EXPECT_EQ(found(toy::search(models, seeds, s)), kSeeds);
  s.strategy.name = "random";
  EXPECT_LE(found(toy::search(models, seeds, s)), 2);
}

// SOLUTION: nobody's: they differ on one image out of 256^64.
TEST(Puzzle, UnreachableDeviationIsNotMadeUp) {
  const auto unless = [](int level) {
    return says_one_where([level](InputView in) {
      return std::ranges::all_of(in.pixels(), [level](std::uint8_t v) { return v == level; }) ? 1.0 : -1.0;
    });
  };
  const toy::ToyPair models(kShape, 2, unless(7), unless(-1));
  for (const std::string& name : strategy_names()) {
    SearchSettings s = with_operators("paper");
    s.strategy.name = name;
    s.max_queries = 300;
    EXPECT_TRUE(toy::search(models, toy::varied_seeds(kShape, kSeeds), s).findings.empty()) << name;
  }
}

}  // namespace
}  // namespace dflare
