// Before the first chain: which inputs are usable and why not, how outputs are read, classes made to match.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dflare/error.h"
#include "search/told.h"
#include "support/toy.h"

namespace dflare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum SeedStatus;

constexpr Shape kShape{2, 2, 1};
constexpr int kTyingLevel = 250, kBrokenLevel = 255;

// Three classes by brightness, with borders at `first` and 170. 250 ties, 255 is not a number.
toy::Function by_brightness(double first) {
  return [first](InputView in, std::span<float> out) {
    const double m = toy::mean_of(in);
    const int label = m < first ? 0 : m < 170 ? 1 : 2;
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = static_cast<int>(c) == label ? 1.0F : -1.0F;
    if (m == kTyingLevel) out[1] = out[2];
    if (m == kBrokenLevel) out[0] = std::numeric_limits<float>::quiet_NaN();
  };
}

toy::ToyPair pair_with_borders(double original, double compressed) {
  return {kShape, 3, by_brightness(original), by_brightness(compressed)};
}

SeedSet levels(const std::vector<int>& of_seeds) {
  std::vector<Input> images;
  for (const int level : of_seeds) images.push_back(toy::filled(kShape, level));
  return toy::seeds_of(std::move(images));
}

SeedSet labelled(SeedSet seeds, const std::vector<int>& labels) {
  seeds.labelled = true;
  for (std::size_t i = 0; i < labels.size(); ++i) seeds.seeds[i].label = labels[i];
  return seeds;
}

std::vector<SeedStatus> statuses(const toy::ToyPair& models, const SeedSet& seeds, const SearchSettings& s) {
  return Search(models.pair(), seeds, s).context().status;
}

TEST(StartUp, TellsWhyAnInputIsNotUsable) {
  SeedSet seeds =
      labelled(levels({10, 100, 200, 82, 10, kTyingLevel, kBrokenLevel, 10, 10}), {0, 1, 2, 0, 1, 2, 2, -1, 0});
  seeds.seeds[8].problem = "not a PNG or JPEG image";
  seeds.seeds[8].input = Input();
  EXPECT_THAT(statuses(pair_with_borders(85, 80), seeds, toy::settings()),
              ElementsAre(kUsable, kUsable, kUsable, kNatural, kWrong, kTied, kNotFinite, kUnlabelled, kUnreadable));
}

TEST(StartUp, AgreeingSeedsNeedNoLabel) {
  const SeedSet seeds = labelled(levels({10, 10, 10}), {0, 1, -1});
  SearchSettings s = toy::settings();
  s.seed_filter = SeedFilter::kAgree;
  EXPECT_THAT(statuses(pair_with_borders(85, 80), seeds, s), ElementsAre(kUsable, kUsable, kUsable));
}

TEST(StartUp, WithoutLabelsAgreementIsEnough) {
  EXPECT_THAT(statuses(pair_with_borders(85, 80), levels({10, 100}), toy::settings()), ElementsAre(kUsable, kUsable));
  SearchSettings s = toy::settings();
  s.seed_filter = SeedFilter::kCorrect;
  EXPECT_THROW(statuses(pair_with_borders(85, 80), levels({10, 100}), s), Error) << "nothing is known to be correct";
}

TEST(StartUp, TiedSeedIsUsableWhereTiesCount) {
  SearchSettings s = toy::settings();
  s.acceptance.ties = TiePolicy::kCount;
  EXPECT_THAT(statuses(pair_with_borders(85, 80), levels({kTyingLevel}), s), ElementsAre(kUsable));
}

TEST(StartUp, AccuracyAndAgreementAreThoseOfAllReadableInputs) {
  const SeedSet seeds = labelled(levels({10, 82, 82, 200}), {0, 0, 1, 0});
  const toy::ToyPair models = pair_with_borders(85, 80);
  const Search search(models.pair(), seeds, toy::settings());
  EXPECT_DOUBLE_EQ(search.facts().agreement, 0.5);
  EXPECT_DOUBLE_EQ(search.facts().accuracy_original, 0.5);
  EXPECT_DOUBLE_EQ(search.facts().accuracy_compressed, 0.5);
}

TEST(StartUp, AccuracyIsUnknownWithoutLabels) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  const SeedSet seeds = levels({10, 100});
  const Search search(models.pair(), seeds, toy::settings());
  EXPECT_LT(search.facts().accuracy_original, 0);
  EXPECT_DOUBLE_EQ(search.facts().agreement, 1);
}

TEST(StartUp, NotANumberAgreesWithNothing) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  const SeedSet seeds = levels({10, kBrokenLevel});
  EXPECT_DOUBLE_EQ(Search(models.pair(), seeds, toy::settings()).facts().agreement, 0.5);
}

TEST(StartUp, NoUsableSeedIsAnError) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  SeedSet tied = levels({kTyingLevel, kTyingLevel});
  SeedSet unreadable = levels({10});
  unreadable.seeds[0].problem = "empty file";
  for (const SeedSet* const seeds : {&tied, &unreadable}) {
    try {
      const Search search(models.pair(), *seeds, toy::settings());
      ADD_FAILURE();
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kNoUsableSeed);
      EXPECT_FALSE(e.hint().empty());
    }
  }
}

// Ctrl-C is no judgement on the seeds.
TEST(StartUp, StoppedMeanwhileReturnsSoon) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  const SeedSet seeds = levels(std::vector<int>(1000, 10));
  LiveProgress live;
  live.stop = true;
  const Search search(models.pair(), seeds, toy::settings(), &live);
  EXPECT_LT(*models.asked_original, 100);
}

TEST(StartUp, ShardsShareOutTheUsableSeeds) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  const SeedSet seeds = levels({10, 20, kTyingLevel, 82, 100, kTyingLevel, 190, 200, kTyingLevel});
  std::vector<SeedIndex> together;
  for (int shard = 0; shard < 3; ++shard) {
    SearchSettings s = toy::settings();
    s.shard = shard;
    s.shards = 3;
    const Search search(models.pair(), seeds, s);
    EXPECT_EQ(search.plan().size(), 2U) << "of six to be searched, wherever the unusable ones stand";
    EXPECT_EQ(search.context().usable.size(), 5U) << "every shard knows all seeds";
    together.insert(together.end(), search.plan().begin(), search.plan().end());
  }
  std::sort(together.begin(), together.end());
  EXPECT_EQ(together, Search(models.pair(), seeds, toy::settings()).plan());
}

TEST(StartUp, OutputsAreReadAsWhatTheyLookLike) {
  const auto probabilities = [](InputView in, std::span<float> out) {
    out[0] = static_cast<float>(0.25 + toy::mean_of(in) / 512);
    out[1] = 1 - out[0];
  };
  const auto logits = [](InputView in, std::span<float> out) {
    out[0] = static_cast<float>(toy::mean_of(in) / 64 - 2);
    out[1] = -out[0];
  };
  const toy::ToyPair models(kShape, 2, probabilities, logits);
  const SeedSet seeds = levels({11, 53, 97, 201});
  SearchSettings s = toy::settings();
  s.output = std::nullopt;
  const PairFacts guessed = Search(models.pair(), seeds, s).facts();
  EXPECT_EQ(guessed.original.kind, OutputKind::kProbabilities);
  EXPECT_EQ(guessed.compressed.kind, OutputKind::kLogits);
  s.output = OutputKind::kLogits;
  EXPECT_EQ(Search(models.pair(), seeds, s).facts().original.kind, OutputKind::kLogits);
  s.output = OutputKind::kProbabilities;
  EXPECT_EQ(Search(models.pair(), seeds, s).facts().compressed.kind, OutputKind::kProbabilities);
}

// As some networks count a background class before the others: 1001 against 1000.
toy::Function with_background(const toy::Function& f) {
  return [f](InputView in, std::span<float> out) {
    out[0] = 100;  // surer of the background than of anything
    f(in, out.subspan(1));
  };
}

TEST(LabelOffset, LeavesOutTheBackgroundClass) {
  const Shape shape{8, 8, 1};
  const SeedSet seeds = toy::varied_seeds(shape, 20);
  const toy::Function f = toy::linear(shape, 4, 0);
  const toy::Function g = toy::linear(shape, 4, 0.5);
  const auto expected = toy::told(toy::search(toy::ToyPair(shape, 4, f, g), seeds, toy::settings()));
  SearchSettings s = toy::settings();
  s.compressed_label_offset = 1;
  toy::ToyPair compressed_more(shape, 4, f, g);
  compressed_more.compressed = make_function_model(shape, 5, with_background(g));
  EXPECT_EQ(toy::told(toy::search(compressed_more, seeds, s)), expected);
  toy::ToyPair original_more(shape, 4, f, g);
  original_more.original = make_function_model(shape, 5, with_background(f));
  s.compressed_label_offset = 0;
  s.original_label_offset = 1;
  EXPECT_EQ(toy::told(toy::search(original_more, seeds, s)), expected);
}

TEST(LabelOffset, OfBothMovesTheTrueLabels) {
  const toy::ToyPair models = pair_with_borders(85, 80);
  const SeedSet seeds = labelled(levels({100, 200, 10}), {0, 1, 2});
  SearchSettings s = toy::settings();
  s.original_label_offset = s.compressed_label_offset = 1;
  EXPECT_THAT(statuses(models, seeds, s), ElementsAre(kUsable, kUsable, kWrong));
}

// The class that labels call 0 is output 1 of the original, output 0 of the compressed model and of what is compared.
TEST(LabelOffset, OfOneLeavesTheTrueLabels) {
  const SeedSet seeds = labelled(levels({10, 100, 200}), {0, 1, 1});
  toy::ToyPair models = pair_with_borders(85, 80);
  models.original = make_function_model(kShape, 4, with_background(by_brightness(85)));
  SearchSettings s = toy::settings();
  s.original_label_offset = 1;
  EXPECT_THAT(statuses(models, seeds, s), ElementsAre(kUsable, kUsable, kWrong));
  EXPECT_NEAR(Search(models.pair(), seeds, s).facts().accuracy_original, 2.0 / 3, 1e-12);
}

// A model whose output tensor is quantised, although few answers tell so.
class Quantised : public Model {
 public:
  explicit Quantised(std::unique_ptr<Model> model, float scale) : model_(std::move(model)), info_(model_->info()) {
    info_.output_scale = scale;
  }
  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  void query(std::span<const InputView> inputs, Answers& out) override { model_->query(inputs, out); }
  [[nodiscard]] std::unique_ptr<Model> clone() const override {
    return std::make_unique<Quantised>(model_->clone(), info_.output_scale);
  }

 private:
  std::unique_ptr<Model> model_;
  ModelInfo info_;
};

TEST(StartUp, StepOfAnOutputIsTheScaleOfItsTensor) {
  const Shape shape{8, 8, 1};
  toy::ToyPair models = toy::linear_pair(shape);
  models.compressed = std::make_unique<Quantised>(std::move(models.compressed), 0.0625F);
  const SeedSet seeds = toy::varied_seeds(shape, 20);
  const Search search(models.pair(), seeds, toy::settings());
  EXPECT_EQ(search.facts().compressed.step, 0.0625F);
  EXPECT_EQ(search.context().compressed_reading.step, 0.0625F);
  EXPECT_EQ(search.facts().original.step, 0);
}

TEST(LabelOffset, IsWhatTheErrorAboutClassCountsOffers) {
  toy::ToyPair models = pair_with_borders(85, 80);
  models.compressed = make_function_model(kShape, 4, with_background(by_brightness(80)));
  const SeedSet seeds = levels({10});
  try {
    const Search search(models.pair(), seeds, toy::settings());
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    EXPECT_THAT(e.what(), HasSubstr("3"));
    EXPECT_THAT(e.what(), HasSubstr("4"));
    EXPECT_THAT(e.hint(), HasSubstr("--compressed-label-offset"));
  }
}

TEST(StartUp, ImagesOfDifferentSizesAreRefused) {
  toy::ToyPair models = pair_with_borders(85, 80);
  models.compressed = make_function_model({3, 2, 1}, 3, by_brightness(80));
  const SeedSet seeds = levels({10});
  try {
    const Search search(models.pair(), seeds, toy::settings());
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
  }
}

}  // namespace
}  // namespace dflare
