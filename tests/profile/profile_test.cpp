// A profile counts what is there to count, the same as a ranking does, wherever it is stopped.
#include "dflare/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <tuple>

#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/rank.h"
#include "support/estimates.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{8, 8, 1};

SeedSet labelled_seeds(int count) {
  SeedSet seeds = toy::varied_seeds(kShape, count);
  seeds.labelled = true;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) seeds.seeds[i].label = static_cast<int>(i % 4);
  return seeds;
}

FieldAnswers asked(const toy::ToyPair& models, const SeedSet& seeds, const FieldSettings& settings = {}) {
  LiveProgress live;
  return ask_field(*models.original, *models.compressed, seeds, settings, live, {});
}

Profile profiled(const toy::ToyPair& models, const SeedSet& seeds, const FieldSettings& settings = {}) {
  return profile_of(asked(models, seeds, settings), seeds, 0, settings.rng_seed);
}

// All inputs are rank's seeds: no labels, no ties.
TEST(Profile, FiguresAreThoseOfARanking) {
  const toy::ToyPair models = toy::linear_pair(kShape, 4, 1.5);
  const SeedSet seeds = toy::varied_seeds(kShape, 60);
  RankSettings rank;
  rank.search = toy::settings();
  rank.search.max_seeds = 0;
  rank.search.rng_seed = 11;
  rank.search_seeds = 0;
  rank.boundary_paths = 1;
  rank.time_limit_seconds = 0;
  LiveProgress live;
  Model* const variants[] = {models.compressed.get()};
  const Ranking ranking = rank_variants(*models.original, variants, seeds, rank, live, {});
  ASSERT_EQ(ranking.seeds, 60);
  const Profile profile = profiled(models, seeds, {.rng_seed = 11});
  ASSERT_GT(profile.as_they_are->differ, 0);
  expect_same(profile.as_they_are->disagreement, ranking.variants[0].disagreement);
  expect_same(profile.corrupted->disagreement, ranking.variants[0].corrupted_disagreement);
}

TEST(Profile, EveryInputIsSeenUnderEveryKindAtEverySeverityOnce) {
  const toy::ToyPair models = toy::linear_pair(kShape);
  const FieldAnswers field = asked(models, toy::varied_seeds(kShape, 7));
  EXPECT_TRUE(field.complete);
  EXPECT_EQ(field.images.size(), 7 * (1 + 5 * corruptions().size()));
  std::set<std::tuple<int, int, int>> seen;
  for (const CalledImage& called : field.images) {
    seen.insert({called.image.seed.value, called.image.corruption, called.image.severity});
  }
  EXPECT_EQ(seen.size(), field.images.size());
  EXPECT_EQ(*models.asked_original, *models.asked_compressed);
}

TEST(Profile, RegressionsAndGainsAreCountedApart) {
  // The original is right on classes 0 and 1, the compressed model on 1 and 2.
  const auto says = [](std::initializer_list<int> labels) {
    return [labels = std::vector<int>(labels)](InputView in, std::span<float> out) {
      std::ranges::fill(out, 0.F);
      out[static_cast<std::size_t>(labels.at(in.data[0] / 50))] = 1;
    };
  };
  const toy::ToyPair models(kShape, 4, says({0, 1, 3, 3}), says({3, 1, 2, 3}));
  SeedSet seeds = toy::seeds_of({toy::filled(kShape, 0), toy::filled(kShape, 60), toy::filled(kShape, 110),
                                 toy::filled(kShape, 160), toy::filled(kShape, 10)});
  for (std::size_t i = 0; i < 4; ++i) seeds.seeds[i].label = static_cast<int>(i);
  const Profile profile = profiled(models, seeds, {.rounds = 0});
  const FieldFigures& figures = profile.as_they_are.value();
  EXPECT_EQ(figures.differ, 3) << "inputs 0, 2 and 4";
  EXPECT_EQ(figures.disagreement.value, 0.6);
  EXPECT_EQ(figures.accuracy_original->value, 0.75) << "of four with a label";
  EXPECT_EQ(figures.accuracy_compressed->value, 0.75);
  EXPECT_EQ(figures.regressions->value, 0.25);
  EXPECT_EQ(figures.gains->value, 0.25);
  EXPECT_EQ(figures.regressions->of, 4);
  ASSERT_EQ(profile.labels.size(), 2);
  EXPECT_EQ(profile.labels[0].label, 0);
  EXPECT_EQ(profile.labels[0].lost, 2);
  EXPECT_EQ(profile.labels[0].share.value, 2.0 / static_cast<double>(profile.labels[0].images));
  ASSERT_EQ(profile.pairs.size(), 2);
  EXPECT_EQ(profile.pairs[0].original, 0);
  EXPECT_EQ(profile.pairs[0].compressed, 3);
  EXPECT_EQ(profile.pairs[0].images, 2);
  EXPECT_FALSE(profile.corrupted.has_value());
}

TEST(Profile, TheKindThatTheModelsDifferUnderComesFirst) {
  // Differ where it is dark: only `darken` takes a bright image there.
  const auto label = [](bool dark_differs) {
    return [dark_differs](InputView in, std::span<float> out) {
      std::ranges::fill(out, 0.F);
      out[dark_differs && toy::mean_of(in) < 170 ? 1 : 0] = 1;
    };
  };
  const toy::ToyPair models(kShape, 2, label(false), label(true));
  const SeedSet seeds = toy::seeds_of(std::vector<Input>(30, toy::filled(kShape, 200)));
  const Profile profile = profiled(models, seeds);
  ASSERT_FALSE(profile.order.empty());
  EXPECT_EQ(profile.kinds[profile.order[0]].name, "darken");
  const KindProfile& darken = profile.kinds[profile.order[0]];
  EXPECT_LT(darken.severities[0]->disagreement.value, darken.severities[4]->disagreement.value);
  EXPECT_EQ(darken.severities[4]->disagreement.of, 30);
}

TEST(Profile, BatchAndWorkersDoNotMatter) {
  const toy::ToyPair models = toy::linear_pair(kShape, 4, 1.5);
  const SeedSet seeds = labelled_seeds(20);
  const FieldAnswers expected = asked(models, seeds, {.batch = 1, .workers = 1});
  const FieldAnswers other = asked(models, seeds, {.batch = 7, .workers = 3});
  ASSERT_EQ(expected.images.size(), other.images.size());
  for (std::size_t i = 0; i < expected.images.size(); ++i) {
    EXPECT_EQ(expected.images[i].image.key, other.images[i].image.key);
    EXPECT_EQ(expected.images[i].compressed, other.images[i].compressed);
  }
}

TEST(Profile, StoppedAnywhereItGivesWhatItHas) {
  const toy::ToyPair models = toy::linear_pair(kShape, 4, 1.5);
  const SeedSet seeds = labelled_seeds(40);
  std::size_t before = 0;
  for (int stops = 0;; ++stops) {
    LiveProgress live;
    int told = 0;
    const FieldAnswers field = ask_field(*models.original, *models.compressed, seeds, {}, live,
                                         [&](const Progress&) { live.stop = told++ == stops || live.stop; });
    const Profile profile = profile_of(field, seeds, 0, 0);
    EXPECT_EQ(profile.as_they_are.has_value(), field.inputs > 0);
    if (field.complete) break;
    EXPECT_EQ(profile.end, SearchEnd::kStopped);
    EXPECT_EQ(profile.per_input.size(), static_cast<std::size_t>(field.inputs));
    EXPECT_GE(field.images.size(), before);
    before = field.images.size();
    ASSERT_LT(stops, 1000);
  }
  EXPECT_GT(before, 40U);
}

TEST(Profile, AnAnswerThatIsNotFiniteDiffersFromEveryOther) {
  const auto nothing = [](InputView, std::span<float> out) {
    std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
  };
  const toy::ToyPair models(kShape, 4, nothing, nothing);
  const Profile profile = profiled(models, labelled_seeds(5), {.rounds = 0});
  EXPECT_EQ(profile.as_they_are->disagreement.value, 1);
  EXPECT_EQ(profile.not_finite_original, 5);
  EXPECT_EQ(profile.not_finite_compressed, 5);
  EXPECT_EQ(profile.as_they_are->regressions->value, 0);
}

TEST(Profile, LabelsCountAsTrueOnesWhereAModelHasABackgroundClass) {
  const auto says = [](std::size_t label) {
    return [label](InputView, std::span<float> out) {
      std::ranges::fill(out, 0.F);
      out[label] = 1;
    };
  };
  const toy::ToyPair models(kShape, 5, says(3), says(2));
  SeedSet seeds = labelled_seeds(4);
  const FieldSettings settings{.original_label_offset = 1, .compressed_label_offset = 1, .rounds = 0};
  const Profile profile = profile_of(asked(models, seeds, settings), seeds, 1, 0);
  ASSERT_EQ(profile.pairs.size(), 1);
  EXPECT_EQ(profile.pairs[0].original, 2);
  EXPECT_EQ(profile.pairs[0].compressed, 1);
  EXPECT_EQ(profile.as_they_are->accuracy_original->value, 0.25);
}

// Inputs come class by class: the first few are no sample.
TEST(Profile, AFewOfTheInputsAreSpreadOverAll) {
  const toy::ToyPair models = toy::linear_pair(kShape);
  const FieldAnswers field = asked(models, labelled_seeds(100), {.max_inputs = 4, .rounds = 0});
  ASSERT_EQ(field.images.size(), 4);
  EXPECT_GT(field.images.back().image.seed.value, 60);
}

TEST(Profile, NoReadableInputIsAnError) {
  const toy::ToyPair models = toy::linear_pair(kShape);
  SeedSet seeds = labelled_seeds(2);
  for (Seed& seed : seeds.seeds) seed.problem = "empty file";
  test::expect_error(ErrorCode::kNoUsableSeed, "can be used", [&] { asked(models, seeds); });
}

}  // namespace
}  // namespace dflare
