// When a chain asks nothing new any more.
#include "strategy/repetition.h"

#include <gtest/gtest.h>

#include <array>

#include "dflare/rng.h"
#include "strategy/refiners.h"

namespace dflare {
namespace {

constexpr Shape kShape{3, 5, 1};

Input numbered(int n) {
  Input image(kShape);
  image.pixels[3] = static_cast<std::uint8_t>(n);
  return image;
}

TEST(Repetition, OfTheSeedAloneIsStuck) {
  Repetition repetition;
  repetition.begin(numbered(0).view());
  for (int i = 1; i < Repetition::kMostRepeats; ++i) {
    repetition.see(numbered(0).view());
    ASSERT_FALSE(repetition.stuck()) << i;
  }
  repetition.see(numbered(0).view());
  EXPECT_TRUE(repetition.stuck());
  repetition.begin(numbered(0).view());
  EXPECT_FALSE(repetition.stuck()) << "a new chain";
}

TEST(Repetition, OfAFewImagesInTurnIsStuck) {
  Repetition repetition;
  repetition.begin(numbered(0).view());
  int seen = 0;
  for (; !repetition.stuck() && seen < 1000; ++seen) repetition.see(numbered(seen % 9).view());
  EXPECT_EQ(seen, 9 + Repetition::kMostRepeats);  // the seed is one of the nine, and comes again before the others
}

TEST(Repetition, OneNewImageInAWhileIsEnough) {
  Repetition repetition;
  repetition.begin(numbered(0).view());
  for (int i = 0; i < 20 * Repetition::kMostRepeats; ++i) {
    const bool is_new = i % Repetition::kMostRepeats == 0;
    repetition.see(numbered(is_new ? 1 + i / Repetition::kMostRepeats : 0).view());
    ASSERT_FALSE(repetition.stuck()) << i;
  }
}

// ---- refiners end by themselves

// Two classes; the seed is all 100, and both models give up its label where a value is higher, the compressed one
// first.
struct OneLevelApart {
  OneLevelApart() {
    seeds.seeds.resize(1);
    seeds.seeds[0].input = Input(kShape);
    std::ranges::fill(seeds.seeds[0].input.pixels, std::uint8_t{100});
    context.seeds = &seeds;
    context.shape = kShape;
    context.classes = 2;
    ask(seeds.seeds[0].input.view(), context.original, context.compressed);
  }
  static void ask(InputView in, Answers& original, Answers& compressed) {
    const double above = in.data[0] - 100;
    for (auto* answers : {&original, &compressed}) {
      const auto raw = answers->prepare(1, 2);
      raw[0] = static_cast<float>((answers == &original ? 1.5 : 0.5) - above);
      raw[1] = -raw[0];
      answers->interpret({.kind = OutputKind::kLogits});
    }
  }
  // Queries until the refiner says that there is nothing left to gain from a finding one grey level away. With `kept`
  // every proposal is moved back there, as within a budget that has room for nothing else.
  int queries_until_it_ends(Refiner& refiner, bool kept) {
    Input found = seeds.seeds[0].input;
    found.pixels[0] = 101;
    refiner.begin(context, SeedIndex(0), {found.view(), 0, 1}, 1, 5000);
    Rng rng(1, 0);
    for (int q = 1; q <= 5000; ++q) {
      Batch batch(kShape, 1);
      refiner.propose(rng, batch);
      if (kept) std::ranges::copy(found.pixels, batch.row(0).begin());
      Answers original;
      Answers compressed;
      ask(batch[0], original, compressed);
      if (!refiner.observe(std::array{judge(batch[0], original[0], compressed[0], 0, {})})) return q;
    }
    return 5001;
  }

  SeedSet seeds;
  RunContext context;
};

TEST(Refining, EndsWhereNothingNewIsLeft) {
  OneLevelApart models;
  EXPECT_LE(models.queries_until_it_ends(*make_climb(), true), 2 * Repetition::kMostRepeats);
  EXPECT_LE(models.queries_until_it_ends(*make_shrink(), true), 2 * Repetition::kMostRepeats);
}

// Nothing is nearer to the seed than one level of one value.
TEST(Refining, ShrinkingEndsAtTheNearestImageOfAll) {
  OneLevelApart models;
  EXPECT_LE(models.queries_until_it_ends(*make_shrink(), false), 2000);
}

}  // namespace
}  // namespace dflare
