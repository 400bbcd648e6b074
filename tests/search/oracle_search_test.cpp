// Searches whose models give no labels: one score, a quantity, a vector, a mask.
#include <gtest/gtest.h>

#include <cmath>

#include "dflare/error.h"
#include "dflare/oracle.h"
#include "dflare/search.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};
constexpr double kTolerance = 0.07;

// How bright the upper half is, against the lower.
float slope_of(InputView in) {
  const std::size_t half = in.shape.size() / 2;
  double upper = 0;
  double lower = 0;
  for (std::size_t i = 0; i < half; ++i) {
    upper += in.data[i];
    lower += in.data[half + i];
  }
  return static_cast<float>((upper - lower) / (255.0 * static_cast<double>(half)));
}

// The compressed model takes steep images for less steep ones.
constexpr float kGain = 0.8F;
toy::ToyPair quantities() {
  return {kShape, 1, [](InputView in, std::span<float> out) { out[0] = slope_of(in); },
          [](InputView in, std::span<float> out) { out[0] = kGain * slope_of(in); }};
}

SearchSettings settings_for(const std::string& oracle, const std::string& strategy) {
  SearchSettings s = toy::settings();
  s.strategy.name = strategy;
  s.oracle = make_oracle(oracle);
  s.max_queries = 1000;
  return s;
}

class OracleSearch : public ::testing::TestWithParam<std::string> {};

TEST_P(OracleSearch, QuantitiesThatStrayAreFound) {
  const auto models = quantities();
  const Events events = toy::search(models, toy::varied_seeds(kShape, 12), settings_for("value:0.07", GetParam()));
  const auto found = toy::count(events, ChainEnd::kFound);
  if (GetParam() != "random") {
    EXPECT_EQ(found, 12);
  }
  for (const Finding& f : events.findings) {
    const Input image = decode_image(f.png, "finding");
    const float original = slope_of(image.view());
    const double apart = std::abs(original - kGain * original);
    EXPECT_GT(apart, kTolerance);
    EXPECT_NEAR(f.severity, apart / kTolerance - 1, 1e-4);
    EXPECT_EQ(f.kind, FindingKind::kCompressedLost);
    EXPECT_NE(f.facts.find("\"difference\""), std::string::npos) << f.facts;
  }
}

TEST_P(OracleSearch, EqualModelsNeverStray) {
  const toy::ToyPair models{kShape, 1, [](InputView in, std::span<float> out) { out[0] = slope_of(in); },
                            [](InputView in, std::span<float> out) { out[0] = slope_of(in); }};
  SearchSettings s = settings_for("value:0.001", GetParam());
  s.max_queries = 100;
  EXPECT_TRUE(toy::search(models, toy::varied_seeds(kShape, 6), s).findings.empty());
}

TEST_P(OracleSearch, BatchAndWorkersDoNotMatter) {
  const auto models = quantities();
  SearchSettings s = settings_for("value:0.07", GetParam());
  s.batch = 1;
  const auto expected = toy::told(toy::search(models, toy::varied_seeds(kShape, 12), s));
  s.batch = 64;
  s.workers = 2;
  EXPECT_EQ(toy::told(toy::search(models, toy::varied_seeds(kShape, 12), s)), expected);
}

// One score: dark images are a yes; the compressed model draws the line elsewhere.
TEST_P(OracleSearch, YesesThatBecomeNoesAreFound) {
  const toy::ToyPair models{
      kShape, 1, [](InputView in, std::span<float> out) { out[0] = static_cast<float>((100 - toy::mean_of(in)) / 20); },
      [](InputView in, std::span<float> out) { out[0] = static_cast<float>((110 - toy::mean_of(in)) / 20); }};
  const Events events = toy::search(models, toy::varied_seeds(kShape, 12), settings_for("binary", GetParam()));
  EXPECT_GE(toy::count(events, ChainEnd::kFound), 9);
  for (const Finding& f : events.findings) {
    const double mean = toy::mean_of(decode_image(f.png, "finding").view());
    EXPECT_TRUE(mean > 100 && mean < 110) << mean;
    EXPECT_EQ(f.label_original, 0);
    EXPECT_EQ(f.label_compressed, 1);
    EXPECT_TRUE(f.facts.empty()) << "labels speak for themselves";
  }
}

// Sets of labels: each model leaves the seed's by itself, and between the two flips they differ.
TEST_P(OracleSearch, SetsOfLabelsThatDifferAreFound) {
  const auto models = toy::linear_pair(kShape, 8);
  SearchSettings s = settings_for("topk:3", GetParam());
  s.refine = Refine::kNone;
  const Events events = toy::search(models, toy::varied_seeds(kShape, 12), s);
  EXPECT_GE(toy::count(events, ChainEnd::kFound), GetParam() == "random" ? 1 : 9);
  const auto best_three = [](Model& model, const Input& image) {
    const InputView view = image.view();
    Answers answers;
    model.query({&view, 1}, answers);
    LabelSet set;
    make_oracle("topk:3").oracle->sets()->read(answers.raw(0), set);
    return set;
  };
  for (const Finding& f : events.findings) {
    const Input image = decode_image(f.png, "finding");
    EXPECT_NE(best_three(*models.original, image), best_three(*models.compressed, image));
    EXPECT_GT(f.severity, 0);
    if (f.kind == FindingKind::kCompressedLost) {
      EXPECT_GT(f.margin_original, 0);
      EXPECT_LT(f.margin_compressed, 0);
    }
  }
}

TEST_P(OracleSearch, SetsDoNotDependOnBatchAndWorkers) {
  const auto models = toy::linear_pair(kShape, 8);
  SearchSettings s = settings_for("topk:3", GetParam());
  s.refine = Refine::kClimb;
  s.refine_queries = 40;
  s.batch = 1;
  const auto expected = toy::told(toy::search(models, toy::varied_seeds(kShape, 12), s));
  s.batch = 64;
  s.workers = 2;
  EXPECT_EQ(toy::told(toy::search(models, toy::varied_seeds(kShape, 12), s)), expected);
}

INSTANTIATE_TEST_SUITE_P(Strategies, OracleSearch, ::testing::Values("boundary", "dflare", "random"),
                         [](const auto& tested) { return tested.param; });

TEST(OracleSearch, ClimbingDrivesQuantitiesFurtherApart) {
  const auto models = quantities();
  SearchSettings s = settings_for("value:0.07", "boundary");
  const Events mild = toy::search(models, toy::varied_seeds(kShape, 12), s);
  s.refine = Refine::kClimb;
  const Events climbed = toy::search(models, toy::varied_seeds(kShape, 12), s);
  const auto sum = [](const Events& events) {
    double total = 0;
    for (const Finding& f : events.findings) total += f.severity;
    return total;
  };
  EXPECT_GT(sum(climbed), 2 * sum(mild));
}

TEST(OracleSearch, InputsOnWhichTheyStrayAsTheyAreAreNatural) {
  const auto models = quantities();
  std::vector<Input> images{toy::filled(kShape, 100), toy::filled(kShape, 0)};
  std::ranges::fill(std::span(images[1].pixels).first(32), std::uint8_t{255});
  const Events events = toy::search(models, toy::seeds_of(std::move(images)), settings_for("value:0.07", "random"));
  const auto natural = std::ranges::find(events.findings, FindingKind::kNatural, &Finding::kind);
  ASSERT_NE(natural, events.findings.end());
  EXPECT_EQ(natural->seed.value, 1);
  EXPECT_NEAR(natural->severity, 0.2 / kTolerance - 1, 1e-4);
  EXPECT_EQ(natural->facts, R"({"at":0,"original":1,"compressed":0.8,"difference":0.19999998807907104})");
}

TEST(OracleSearch, LabelsOfTheInputsMeanNothingToAnOracle) {
  const auto models = quantities();
  SeedSet seeds = toy::varied_seeds(kShape, 4);
  for (Seed& seed : seeds.seeds) seed.label = 7;
  seeds.labelled = true;
  Search search(models.pair(), seeds, settings_for("value:0.07", "random"));
  EXPECT_EQ(search.context().usable.size(), 4U);
  EXPECT_EQ(search.facts().accuracy_original, -1);
}

// What does not fit is refused before anything is searched.
TEST(OracleSearch, OneScoreIsNoClassifier) {
  const auto models = quantities();
  const SeedSet seeds = toy::varied_seeds(kShape, 4);
  for (const char* oracle : {"top1", "cosine:0.9", "mask"}) {
    EXPECT_THROW(Search(models.pair(), seeds, settings_for(oracle, "random")), Error) << oracle;
  }
  SearchSettings offset = settings_for("value:0.07", "random");
  offset.original_label_offset = offset.compressed_label_offset = 1;
  EXPECT_THROW(Search(models.pair(), seeds, offset), Error);
}

TEST(OracleSearch, SeveralScoresAreNoBinaryModel) {
  const auto models = toy::linear_pair();
  EXPECT_THROW(Search(models.pair(), toy::varied_seeds(kShape, 4), settings_for("binary", "random")), Error);
}

}  // namespace
}  // namespace dflare
