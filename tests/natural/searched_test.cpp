// What was asked when the work ends stands for all, and nothing is measured on what was learnt from.
#include "dflare/searched.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/pacer.h"
#include "core/spread.h"
#include "dflare/error.h"
#include "support/toy.h"

namespace dflare {
namespace {

constexpr Shape kShape{4, 4, 1};

SeedSet levels(const std::vector<int>& values) {
  std::vector<Input> images;
  for (const int level : values) images.push_back(toy::filled(kShape, level));
  return toy::seeds_of(std::move(images));
}

std::unique_ptr<Model> brightness(float bias) {
  return make_function_model(kShape, 2, [bias](InputView in, std::span<float> out) {
    out[0] = static_cast<float>(toy::mean_of(in)) + bias;
    out[1] = 100;
  });
}

TEST(UnknownInputs, ThoseOfTheRunAreLeftOutByTheirPixels) {
  const SeedSet run = levels({10, 20, 30});
  SeedSet given = levels({20, 40, 10, 50});
  given.seeds[3].problem = "cannot be read";
  EXPECT_EQ(unknown_inputs(given, run), std::vector<SeedIndex>{SeedIndex(1)});
}

TEST(UnknownInputs, WhereNoneIsLeftTheWayOutIsSaid) {
  const SeedSet run = levels({10, 20, 30});
  try {
    unknown_inputs(run, run);
    FAIL() << "measured on what was learnt from";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadInput);
    EXPECT_NE(e.hint().find("--held-out"), std::string::npos);
  }
}

TEST(SpreadOrder, IsAPermutationOfWhichEveryBeginningIsSpread) {
  for (const std::size_t n : {0U, 1U, 2U, 3U, 10U, 100U, 377U, 1000U}) {
    const std::vector<std::size_t> order = spread_order(n);
    EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), n);
    if (n < 10) continue;
    std::vector<int> tenths(10, 0);  // of the first fifth: two of every ten
    for (std::size_t i = 0; i < n / 5; ++i) ++tenths[order[i] * 10 / n];
    EXPECT_LE(*std::ranges::max_element(tenths), static_cast<int>(n / 50 + 2)) << n;
  }
}

TEST(Pacer, FindsPiecesOfItsLength) {
  Pacer pacer(8, 1);
  EXPECT_EQ(pacer.next(), 8);
  pacer.took(8, 0.001);
  EXPECT_EQ(pacer.next(), 32) << "no more than four times the last";
  pacer.took(32, 16);
  EXPECT_EQ(pacer.next(), 2);
  pacer.took(2, 100);
  EXPECT_EQ(pacer.next(), 1) << "and never none";
}

struct PastSearch {
  SeedSet inputs = levels({10, 60, 110, 160, 210, 35, 85, 135, 185, 235});
  std::unique_ptr<Model> original = brightness(0), compressed = brightness(5);
  Searched searched{.original = original.get(), .compressed = compressed.get(), .inputs = &inputs};
};

std::vector<SeedIndex> all_of(const SeedSet& set) { return readable_inputs(set); }

TEST(ImageRound, WhatWasAskedIsSpreadAndInTheImagesOrder) {
  const PastSearch run;
  PairAsker asker(run.searched, {.workers = 1, .batch = 4});
  ImageRound round(run.inputs, corrupted_images(all_of(run.inputs), 3, 1));
  EXPECT_EQ(round.ask(asker, 4), 4);
  const ImageRound::Part first = round.part();
  std::set<std::int32_t> inputs;
  for (const NaturalImage& image : first.images) inputs.insert(image.seed.value);
  EXPECT_EQ(inputs.size(), 4) << "one image of each";
  EXPECT_GE(*inputs.rbegin(), 5) << "and not of the first inputs alone";
  EXPECT_EQ(round.ask(asker, 8), 8);
  const ImageRound::Part part = round.part();
  ASSERT_EQ(part.images.size(), 12);
  EXPECT_EQ(part.rows.size(), 12);
  for (std::size_t i = 1; i < part.images.size(); ++i) EXPECT_LE(part.images[i - 1].seed, part.images[i].seed);
}

// However many images an input has, a piece is no larger than was asked for.
TEST(ImageRound, APieceDoesNotGrowWithTheImagesOfAnInput) {
  const PastSearch run;
  PairAsker asker(run.searched, {.workers = 1, .batch = 4});
  ImageRound round(run.inputs, corrupted_images(all_of(run.inputs), 5000, 1));
  EXPECT_EQ(round.ask(asker, 20), 20);
  std::set<std::int32_t> inputs;
  for (const NaturalImage& image : round.part().images) inputs.insert(image.seed.value);
  EXPECT_EQ(inputs.size(), 10);
}

TEST(ImageRound, InPiecesItSaysWhatItSaysAtOnce) {
  const PastSearch run;
  PairAsker asker(run.searched, {.workers = 1, .batch = 4});
  const std::vector<NaturalImage> images = corrupted_images(all_of(run.inputs), 3, 1);
  ImageRound round(run.inputs, images);
  while (!round.finished()) ASSERT_GT(round.ask(asker, 4), 0);
  const ImageRound::Part part = round.part();
  const Answers pieces = part.rows.compressed(run.searched.compressed_reading);
  const Answers whole = ask_all(*run.compressed, run.searched.compressed_reading, run.inputs, images, {.workers = 1});
  ASSERT_EQ(pieces.rows(), images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(part.images[i].key, images[i].key);
    EXPECT_EQ(pieces.raw(i)[0], whole.raw(i)[0]);
  }
}

TEST(ImageRound, WhatAStopCutShortDoesNotCount) {
  const PastSearch run;
  const std::atomic<bool> stop{true};
  PairAsker asker(run.searched, {.workers = 1, .stop = &stop});
  ImageRound round(run.inputs, clean_images(all_of(run.inputs)));
  EXPECT_EQ(round.ask(asker, 4), 0);
  EXPECT_EQ(round.part().images.size(), 0);
}

}  // namespace
}  // namespace dflare
