// Searches from arrays: found, refined, kept within budgets, the same however the work is cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dflare/corruptions.h"
#include "dflare/error.h"
#include "dflare/natural.h"
#include "dflare/search.h"
#include "search/told.h"
#include "support/arrays.h"

namespace dflare {
namespace {

// A linear classifier of arrays; the compressed one rounds its weights to halves.
toy::Function linear(const Shape& shape, bool coarse) {
  Rng rng(78, 0);
  std::vector<double> weights(shape.size() * 3);
  for (double& w : weights) {
    w = static_cast<double>(rng.normal());
    if (coarse) w = std::round(2 * w) / 2;
  }
  return [weights](InputView in, std::span<float> out) {
    const auto x = in.numbers();
    for (std::size_t c = 0; c < out.size(); ++c) {
      double z = 0;
      for (std::size_t i = 0; i < x.size(); ++i) z += weights[c * x.size() + i] * static_cast<double>(x[i]);
      out[c] = static_cast<float>(z);
    }
  };
}

// The same, as models of arrays.
struct ArrayPair {
  std::unique_ptr<Model> original, compressed;

  explicit ArrayPair(const Shape& shape) : original(model(shape, false)), compressed(model(shape, true)) {}
  [[nodiscard]] Pair pair() const { return {original.get(), compressed.get()}; }

  static std::unique_ptr<Model> model(const Shape& shape, bool coarse) {
    ModelInfo info;
    info.path = coarse ? "coarse" : "fine";
    info.kind = InputKind::kArray;
    info.shape = shape;
    info.classes = 3;
    return make_batch_model(info, [f = linear(shape, coarse)](std::span<const InputView> in, std::span<float> out) {
      for (std::size_t i = 0; i < in.size(); ++i) f(in[i], out.subspan(3 * i, 3));
    });
  }
};

struct Case {
  const char* name;
  Shape shape;
  const char* dtype;
};

class ArraySearch : public testing::TestWithParam<Case> {
 protected:
  static constexpr int kSeeds = 24;

  static SearchSettings settings(const std::string& strategy = "boundary") {
    SearchSettings s = toy::settings();
    s.strategy.name = strategy;
    s.strategy.kind = InputKind::kArray;
    s.max_queries = 300;
    return s;
  }
  Events run(SearchSettings s) const {
    Search search(models_.pair(), seeds_, std::move(s));
    toy::CollectingSink sink;
    search.run({}, sink);
    return std::move(sink.events);
  }

  ArrayPair models_{GetParam().shape};
  SeedSet seeds_ = toy::array_seeds(GetParam().shape, kSeeds, GetParam().dtype);
};

TEST_P(ArraySearch, EverySeedIsFoundWithinItsRanges) {
  const Events events = run(settings());
  EXPECT_EQ(toy::count(events, ChainEnd::kFound), kSeeds);
  for (const Finding& f : events.findings) {
    EXPECT_FALSE(f.flaky);
    EXPECT_EQ(f.input, InputKind::kArray);
    const Input array = decode_input(f.png, "finding", seeds_.seeds[0].input.shape);
    for (std::size_t i = 0; i < array.shape.size(); ++i) {
      EXPECT_GE(array.view().numbers()[i], seeds_.form->low[i]);
      EXPECT_LE(array.view().numbers()[i], seeds_.form->high[i]);
    }
  }
}

TEST_P(ArraySearch, EveryStrategyAndEndPointFinds) {
  for (const char* strategy : {"boundary", "dflare", "diffchaser", "random"}) {
    EXPECT_GT(toy::count(run(settings(strategy)), ChainEnd::kFound), kSeeds / 3) << strategy;
  }
  for (const EndPoints from : {EndPoints::kBlend, EndPoints::kMutate, EndPoints::kCorrupt, EndPoints::kAttack}) {
    SearchSettings s = settings();
    s.strategy.end_points = from;
    EXPECT_GT(toy::count(run(s), ChainEnd::kFound), kSeeds / 2) << static_cast<int>(from);
  }
}

TEST_P(ArraySearch, BatchAndWorkersDoNotMatter) {
  for (const Refine refine : {Refine::kNone, Refine::kShrink, Refine::kClimb}) {
    SearchSettings s = settings();
    s.refine = refine;
    s.refine_queries = 40;
    s.batch = 1;
    s.workers = 1;
    const auto expected = toy::told(run(s));
    for (const int batch : {7, 64}) {
      s.batch = batch;
      s.workers = 2;
      EXPECT_EQ(toy::told(run(s)), expected) << "batch " << batch;
    }
  }
}

TEST_P(ArraySearch, FindingsKeepWithinABudget) {
  for (const PerturbationBudget budget : {PerturbationBudget{.linf = 25}, PerturbationBudget{.l2 = 0.6}}) {
    SearchSettings s = settings();
    s.budget = budget;
    int found = 0;
    for (const Finding& f : run(s).findings) {
      if (f.kind == FindingKind::kNatural) continue;
      ++found;
      EXPECT_TRUE(budget.allows(f.distance)) << f.distance.linf << " " << f.distance.l2;
    }
    EXPECT_GT(found, 0);
  }
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values[values.size() / 2];
}

TEST_P(ArraySearch, ShrinkBringsFindingsNearerAndClimbMakesThemMoreDecisive) {
  SearchSettings s = settings();
  const auto of = [&](Refine refine, auto&& figure) {
    s.refine = refine;
    s.refine_queries = 200;
    std::vector<double> values;
    for (const Finding& f : run(s).findings) {
      if (f.kind != FindingKind::kNatural) values.push_back(figure(f));
    }
    return median(values);
  };
  const auto length = [](const Finding& f) { return f.distance.l2; };
  const auto severity = [](const Finding& f) { return f.severity; };
  EXPECT_LT(of(Refine::kShrink, length), 0.8 * of(Refine::kNone, length));
  EXPECT_GT(of(Refine::kClimb, severity), 2 * of(Refine::kNone, severity));
}

TEST_P(ArraySearch, CorruptedInputsAreThoseOfTheirKind) {
  const std::vector<SeedIndex> first{SeedIndex(0)};
  const auto kinds = corruptions(seeds_.form.get()).size();
  EXPECT_EQ(kinds, seeds_.form->series ? 12U : 7U);
  for (const NaturalImage& image : corrupted_images(first, static_cast<int>(kinds), 3, seeds_.form.get())) {
    EXPECT_LT(image.corruption, static_cast<int>(kinds));
    Input out(seeds_.seeds[0].input.shape);
    render(seeds_, image, out.pixels);
    EXPECT_NE(out.pixels, seeds_.seeds[0].input.pixels) << corruptions(seeds_.form.get())[image.corruption]->name();
  }
}

INSTANTIATE_TEST_SUITE_P(Arrays, ArraySearch,
                         testing::Values(Case{"Vector", {1, 30, 1}, "f4"}, Case{"Series", {16, 5, 1}, "f4"},
                                         Case{"WholeSeries", {12, 4, 2}, "i1"}),
                         [](const auto& p) { return p.param.name; });

TEST(ArraySearchOf, ImagesAreNotAskedOfModelsOfArrays) {
  const Shape shape{8, 8, 1};
  const ArrayPair models(shape);
  const SeedSet images = toy::varied_seeds(shape, 3);
  EXPECT_THROW((Search(models.pair(), images, toy::settings())), Error);
}

TEST(ArraySearchOf, StructuralSimilarityIsRefused) {
  const ArrayPair models({1, 30, 1});
  const SeedSet seeds = toy::array_seeds({1, 30, 1}, 3);
  SearchSettings s = toy::settings();
  s.strategy.kind = InputKind::kArray;
  s.budget.min_ssim = 0.9;
  EXPECT_THROW((Search(models.pair(), seeds, s)), Error);
}

}  // namespace
}  // namespace dflare
