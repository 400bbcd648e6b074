// What is found out about models that are asked, and the doubts that come of it.
#include "dflare/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "support/folder.h"

namespace dflare {
namespace {

using test::expect_error;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Shape kShape{1, 1, 1};
constexpr std::size_t kClasses = 10;

// The class that the only pixel says, moved by `shift`, with this score.
std::unique_ptr<Model> reader_of_pixels(int shift = 0, float score = 5, std::size_t classes = kClasses) {
  return make_function_model(kShape, classes, [=](InputView input, std::span<float> out) {
    for (float& v : out) v = -1;
    out[(input.pixels()[0] + static_cast<std::size_t>(shift)) % classes] = score;
  });
}

// Inputs of the classes 0 to 9 in turn.
SeedSet inputs(std::size_t count) {
  SeedSet set;
  set.path = "images";
  for (std::size_t i = 0; i < count; ++i) {
    Seed seed{.input = Input(kShape), .label = static_cast<int>(i % kClasses), .source = "row", .problem = {}};
    seed.input.pixels[0] = static_cast<std::uint8_t>(i % kClasses);
    set.seeds.push_back(seed);
  }
  return set;
}

TEST(Inspection, OfAFileAloneKnowsNoAnswers) {
  const auto model = reader_of_pixels();
  const Inspection inspection = inspect_models(std::vector<DeclaredModel>{{model.get(), {}}});
  ASSERT_EQ(inspection.models.size(), 1U);
  EXPECT_EQ(inspection.models[0].info.classes, kClasses);
  EXPECT_FALSE(inspection.models[0].answers.has_value());
  EXPECT_EQ(inspection.inputs, 0U);
  EXPECT_THAT(inspection.notes, IsEmpty());
}

TEST(Inspection, CountsWhatIsRightAndTiedOverReadableInputs) {
  SeedSet set = inputs(100);  // more than one query holds
  set.seeds[3].problem = "empty file";
  set.seeds[4].label = -1;
  const auto model = reader_of_pixels();
  const Inspection inspection = inspect_models(std::vector<DeclaredModel>{{model.get(), {}}}, set);
  ASSERT_TRUE(inspection.models[0].answers.has_value());
  EXPECT_EQ(inspection.inputs, 99U);
  EXPECT_EQ(inspection.models[0].answers->right.part, 98);
  EXPECT_EQ(inspection.models[0].answers->right.whole, 98);
  EXPECT_EQ(inspection.models[0].answers->ties, 0);
  EXPECT_EQ(inspection.models[0].answers->reading.kind, OutputKind::kLogits);
  const auto flat = reader_of_pixels(0, -1);
  const Inspection tied = inspect_models(std::vector<DeclaredModel>{{flat.get(), {}}}, set);
  EXPECT_EQ(tied.models[0].answers->ties, 99);
}

TEST(Inspection, AgreementIsOfTwoAndLeavesOutWhatStandsBeforeTheClasses) {
  const SeedSet set = inputs(40);
  const auto original = reader_of_pixels(0, 5, kClasses + 1);
  const auto shifted = reader_of_pixels(1, 5, kClasses + 1);
  Declared with_background;
  with_background.label_offset = 1;
  const std::vector<DeclaredModel> pair{{original.get(), {}}, {shifted.get(), with_background}};
  EXPECT_EQ(inspect_models(pair, set).agreement, 1.0);
  const std::vector<DeclaredModel> unaware{{original.get(), {}}, {shifted.get(), {}}};
  EXPECT_EQ(inspect_models(unaware, set).agreement, 0.0);
  const std::vector<DeclaredModel> three{{original.get(), {}}, {original.get(), {}}, {original.get(), {}}};
  EXPECT_FALSE(inspect_models(three, set).agreement.has_value());
}

TEST(Inspection, TheUserKnowsWhatOutputsAre) {
  Declared declared;
  declared.output = OutputKind::kProbabilities;
  const auto model = reader_of_pixels();
  const Inspection inspection = inspect_models(std::vector<DeclaredModel>{{model.get(), declared}}, inputs(40));
  EXPECT_EQ(inspection.models[0].answers->reading.kind, OutputKind::kProbabilities);
  EXPECT_THAT(inspection.notes, Contains(HasSubstr("are declared probabilities and are none")));
}

// Finds out that a batch must be one row when it is first asked, and knows it for itself alone.
class FindsItOut : public Model {
 public:
  FindsItOut() {
    info_.shape = kShape;
    info_.classes = 2;
  }
  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  void query(std::span<const InputView> inputs, Answers& out) override {
    for (float& v : out.prepare(inputs.size(), 2)) v = 1;
    info_.fixed_batch = 1;
  }
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<FindsItOut>(); }

 private:
  ModelInfo info_;
};

TEST(Inspection, TellsWhatAModelFindsOutAboutItselfWhenItIsAsked) {
  FindsItOut model;
  const std::vector<DeclaredModel> one{{&model, {}}};
  EXPECT_EQ(inspect_models(one).models[0].info.fixed_batch, 0);
  EXPECT_EQ(inspect_models(one, inputs(10)).models[0].info.fixed_batch, 1);
}

TEST(Inspection, OfNothingThatCanBeReadIsRefusedWithTheFirstReason) {
  SeedSet set = inputs(1);
  set.seeds[0].problem = "empty file";
  const auto model = reader_of_pixels();
  const std::vector<DeclaredModel> one{{model.get(), {}}};
  expect_error(ErrorCode::kNoUsableSeed, "row: empty file", [&] { inspect_models(one, set); });
  expect_error(ErrorCode::kNoUsableSeed, "images", [&] { inspect_models(one, SeedSet{.path = "images"}); });
}

TEST(Inspection, ModelsOfDifferentShapesAreNotAskedTogether) {
  const auto small = reader_of_pixels();
  const auto large = make_function_model({2, 3, 1}, kClasses, [](InputView, std::span<float>) {});
  const std::vector<DeclaredModel> both{{small.get(), {}}, {large.get(), {}}};
  expect_error(ErrorCode::kBadInput, "1 x 1 x 1", [&] { check_equal_shapes(both); });
  expect_error(ErrorCode::kBadInput, "2 x 3 x 1", [&] { check_equal_shapes(both); });
  EXPECT_NO_THROW(check_equal_shapes(std::vector<DeclaredModel>{{small.get(), {}}, {small.get(), {}}}));
}

TEST(AskForDoubts, AsksAFewInputsAndKnowsABrokenVariant) {
  std::atomic<int> asked{0};
  const auto original = make_function_model(kShape, kClasses, [&](InputView input, std::span<float> out) {
    ++asked;
    for (float& v : out) v = -1;
    out[input.pixels()[0]] = 5;
  });
  const auto stuck = make_function_model(kShape, kClasses, [](InputView, std::span<float> out) {
    for (float& v : out) v = -1;
    out[2] = 5;
  });
  const std::vector<DeclaredModel> pair{{original.get(), {}}, {stuck.get(), {}}};
  EXPECT_THAT(in_words(ask_for_doubts(pair, inputs(1000), {.workers = 1}).value()),
              Contains(HasSubstr("one and the same label")));
  EXPECT_LT(asked, 100);
  const std::vector<DeclaredModel> alone{{original.get(), {}}};
  EXPECT_THAT(ask_for_doubts(alone, inputs(1000), {.workers = 1}).value(), IsEmpty());
}

TEST(AskForDoubts, HasNoneWhereItIsStopped) {
  const auto model = reader_of_pixels();
  const std::atomic<bool> stop{true};
  Declared undeclared;
  undeclared.preprocess = false;
  const std::vector<DeclaredModel> alone{{model.get(), undeclared}};
  EXPECT_FALSE(ask_for_doubts(alone, inputs(10), {.workers = 1, .stop = &stop}).has_value());
}

TEST(DoubtsOfPair, GoByTheInputsThatWereAsked) {
  const SeedSet set = inputs(60);
  const auto model = reader_of_pixels();
  Answers good;
  std::vector<InputView> views;
  for (const Seed& seed : set.seeds) views.push_back(seed.input.view());
  model->query(views, good);
  good.interpret({OutputKind::kLogits, 0, 0});
  Answers half = good;  // what was not asked is zero
  std::vector<SeedStatus> status(60, SeedStatus::kUsable);
  const std::span<float> raw = half.prepare(60, kClasses);
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = i < 30 * kClasses ? good.raw(i / kClasses)[i % kClasses] : 0;
  half.interpret({OutputKind::kLogits, 0, 0});
  const Witness original{&model->info(), &good, {OutputKind::kLogits, 0, 0}, {}};
  const Witness compressed{&model->info(), &half, {OutputKind::kLogits, 0, 0}, {}};
  const auto doubts = [&] { return in_words(doubts_of_pair(original, compressed, set, status)); };
  EXPECT_THAT(doubts(), Contains(HasSubstr("of 60 labelled inputs")));
  std::fill(status.begin() + 30, status.end(), SeedStatus::kNotAsked);
  EXPECT_THAT(doubts(), Contains(HasSubstr("same numbers for all 30 inputs")));
}

TEST(CheckLevels, RefusesAModelThatHardlySeesUnlessSomebodySaidHowToFeedIt) {
  ModelInfo info;
  info.path = "m.tflite";
  info.input_type = "uint8";
  info.levels = {2, 0.9};
  Declared declared;
  declared.preprocess_option = "--compressed-preprocess";
  EXPECT_NO_THROW(check_levels(info, declared));
  declared.preprocess = false;
  expect_error(ErrorCode::kBadInput, "--compressed-preprocess", [&] { check_levels(info, declared); });
  info.levels = {};
  EXPECT_NO_THROW(check_levels(info, declared));
}

TEST(InWords, ADoubtIsOneLineWithWhatToDo) {
  EXPECT_EQ(in_words({{"it is odd", "look"}, {"it is so", ""}}),
            (std::vector<std::string>{"it is odd; look", "it is so"}));
}

TEST(Inspection, AgreementIsByTheOracleThatIsAsked) {
  const SeedSet set = inputs(40);
  const auto original = reader_of_pixels(0, 5);
  const auto bolder = reader_of_pixels(0, 7);  // 2 more for the same class
  const std::vector<DeclaredModel> pair{{original.get(), {}}, {bolder.get(), {}}};
  EXPECT_EQ(inspect_models(pair, set, make_oracle("value:1")).agreement, 0.0);
  EXPECT_EQ(inspect_models(pair, set, make_oracle("topk:1")).agreement, 1.0);
  const Inspection loose = inspect_models(pair, set, make_oracle("value:3"));
  EXPECT_EQ(loose.agreement, 1.0);
  EXPECT_EQ(loose.oracle, "value:3");
  EXPECT_EQ(loose.inputs, 40U);
  EXPECT_FALSE(loose.models[0].answers.has_value()) << "nothing is right or wrong by itself";
}

TEST(Inspection, OneScoreIsAYesOrANo) {
  const auto score = [](float threshold) {
    return make_function_model(kShape, 1, [=](InputView input, std::span<float> out) {
      out[0] = static_cast<float>(input.pixels()[0]) - threshold;
    });
  };
  const auto original = score(4.5F);
  const auto moved = score(6.5F);
  const std::vector<DeclaredModel> pair{{original.get(), {}}, {moved.get(), {}}};
  const Inspection inspection = inspect_models(pair, inputs(40), make_oracle("binary"));
  EXPECT_NEAR(*inspection.agreement, 0.8, 1e-9) << "5 and 6 are a yes and a no";
}

}  // namespace
}  // namespace dflare
