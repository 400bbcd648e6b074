// Exported files say what the library says: on 1000 images, on every kind of output, in a plain runtime.
#include "dflare/export_onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "contract/models.h"
#include "dflare/error.h"
#include "dflare/rng.h"
#include "export/ort_run.h"

namespace dflare {
namespace {

using namespace testing_models;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::UnorderedElementsAre;
using testing_export::ort_run;

constexpr std::size_t kImages = 1000;

// In a folder of this process: tests run side by side.
std::filesystem::path scratch(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("dflare_export_onnx." + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  return folder / name;
}

std::vector<float> normals(std::size_t count, double scale, std::uint64_t stream) {
  Rng rng(5, stream);
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(scale * static_cast<double>(rng.normal()));
  return values;
}

// One hidden layer, then a layer that mostly keeps the label, so that the labels differ on some answers only.
RepairHead random_head(std::size_t classes, HeadFeatures features, DenseLayer::Activation activation,
                       double below_margin) {
  RepairHead head{.method = "test", .features = features, .layers = {}, .below_margin = below_margin};
  head.layers.push_back(
      {classes, 2 * classes, normals(2 * classes * classes, 0.5, 1), normals(2 * classes, 0.1, 2), activation});
  head.layers.push_back({2 * classes, classes, normals(2 * classes * classes, 0.5, 3), normals(classes, 0.1, 4),
                         DenseLayer::Activation::kNone});
  return head;
}

Guard random_guard(std::size_t classes, bool pairs, double threshold) {
  Guard guard{
      .score = pairs ? "pair-margin" : "margin", .classes = classes, .shift = {}, .scale = {}, .threshold = threshold};
  if (!pairs) return guard;
  guard.shift = normals(classes * classes, 0.5, 6);
  for (const float v : normals(classes * classes, 0.3, 7)) guard.scale.push_back(std::exp(v));
  return guard;
}

// Output vectors of a model that is seldom sure.
Answers random_answers(std::size_t classes, const OutputReading& reading) {
  Answers answers;
  const auto raw = answers.prepare(kImages, classes);
  const auto values = normals(raw.size(), 2, 8);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    raw[i] = values[i];
    if (reading.kind == OutputKind::kProbabilities) {
      const float p = 1 / (1 + std::exp(4 - values[i]));
      raw[i] = reading.step > 0 ? reading.step * std::round(p / reading.step) : p;
    }
  }
  return answers;
}

std::vector<float> raw_of(const Answers& answers) {
  std::vector<float> all;
  for (std::size_t i = 0; i < answers.rows(); ++i) all.insert(all.end(), answers.raw(i).begin(), answers.raw(i).end());
  return all;
}

int first_largest(const std::vector<double>& scores, std::size_t row, std::size_t classes) {
  const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(row * classes);
  return static_cast<int>(std::max_element(begin, begin + static_cast<std::ptrdiff_t>(classes)) - begin);
}

class Readings : public testing::TestWithParam<OutputReading> {};

TEST_P(Readings, TheHeadAloneGivesTheLibrarysLabels) {
  constexpr std::size_t kOutputs = 11;
  Answers answers = random_answers(kOutputs, GetParam());
  const std::vector<float> raw = raw_of(answers);
  answers.interpret(GetParam());
  const std::size_t classes = answers.classes();
  for (const auto features : {HeadFeatures::kProbabilities, HeadFeatures::kLogProbabilities}) {
    for (const double below : {0.4, std::numeric_limits<double>::infinity()}) {
      const auto activation = below < 1 ? DenseLayer::Activation::kRelu : DenseLayer::Activation::kTanh;
      const RepairHead head = random_head(classes, features, activation, below);
      export_onnx_alone(kOutputs, GetParam(), {.head = &head}, scratch("head.onnx"));
      const auto out = ort_run(scratch("head.onnx"), raw, {kImages, kOutputs});
      std::size_t changed = 0;
      for (std::size_t i = 0; i < kImages; ++i) {
        ASSERT_EQ(first_largest(out.at("dflare_repaired"), i, classes), repaired_label(head, answers[i])) << i;
        changed += repaired_label(head, answers[i]) != answers[i].label ? 1U : 0U;
      }
      EXPECT_GT(changed, 20) << "a head that changes nothing proves nothing";
    }
  }
}

// A head that speaks on some answers, and one that never does.
TEST_P(Readings, TheExportedScoresAreTheLibrarys) {
  constexpr std::size_t kOutputs = 11;
  Answers answers = random_answers(kOutputs, GetParam());
  const std::vector<float> raw = raw_of(answers);
  answers.interpret(GetParam());
  const std::size_t classes = answers.classes();
  const RepairHead some =
      random_head(classes, HeadFeatures::kLogProbabilities, DenseLayer::Activation::kTanh, /*below_margin=*/0.4);
  for (const RepairHead& head : {some, RepairHead{}}) {
    export_onnx_alone(kOutputs, GetParam(), {.head = &head}, scratch("scores.onnx"));
    const auto out = ort_run(scratch("scores.onnx"), raw, {kImages, kOutputs}).at("dflare_repaired");
    std::size_t silent = 0;
    for (std::size_t i = 0; i < kImages; ++i) {
      silent += head_speaks(head, answers[i]) ? 0U : 1U;
      const std::vector<float> scores = repaired_scores(head, GetParam().kind, answers[i]);
      for (std::size_t c = 0; c < classes; ++c) {
        ASSERT_NEAR(out[i * classes + c], scores[c], 1e-5 * (1 + std::abs(scores[c]))) << i << " " << c;
      }
    }
    EXPECT_GT(silent, 100);
  }
}

// Log p of these two logits is one and the same float, and the first of a tie would be the label.
TEST(ExportOnnx, WhereTheHeadIsSilentTheModelsLogitsStandUnrounded) {
  const float least = std::nextafter(1e-3F, 1.0F);
  const std::vector<float> raw = {1e-3F, least, -3};
  Answers answers;
  std::ranges::copy(raw, answers.prepare(1, 3).begin());
  answers.interpret({OutputKind::kLogits, 0, 0});
  ASSERT_EQ(answers[0].log_p[0], answers[0].log_p[1]) << "else nothing is shown";
  const RepairHead silent;
  export_onnx_alone(3, {OutputKind::kLogits, 0, 0}, {.head = &silent}, scratch("silent.onnx"));
  const auto out = ort_run(scratch("silent.onnx"), raw, {1, 3});
  EXPECT_EQ(first_largest(out.at("dflare_repaired"), 0, 3), 1);
  EXPECT_EQ(repaired_label(silent, answers[0]), 1);
}

TEST_P(Readings, TheGuardAloneDecidesAsTheLibraryDoes) {
  constexpr std::size_t kOutputs = 11;
  Answers answers = random_answers(kOutputs, GetParam());
  const std::vector<float> raw = raw_of(answers);
  answers.interpret(GetParam());
  for (const bool pairs : {false, true}) {
    const Guard guard = random_guard(answers.classes(), pairs, 0.512345);
    const OnnxNames names = export_onnx_alone(kOutputs, GetParam(), {.guard = &guard}, scratch("guard.onnx"));
    EXPECT_EQ(names.defer, "dflare_defer");
    const auto out = ort_run(scratch("guard.onnx"), raw, {kImages, kOutputs});
    ASSERT_THAT(out, UnorderedElementsAre(Key("dflare_score"), Key("dflare_defer")));
    std::size_t deferred = 0;
    for (std::size_t i = 0; i < kImages; ++i) {
      const double score = guard_score(guard, answers[i]);
      ASSERT_NEAR(out.at("dflare_score")[i], score, 1e-5 * (1 + std::abs(score))) << i;
      ASSERT_EQ(out.at("dflare_defer")[i] != 0, defers(guard, answers[i])) << i;
      deferred += defers(guard, answers[i]) ? 1U : 0U;
    }
    EXPECT_GT(deferred, 50);
    EXPECT_LT(deferred, kImages - 50);
  }
}

INSTANTIATE_TEST_SUITE_P(AllKinds, Readings,
                         testing::Values(OutputReading{OutputKind::kLogits, 0, 0},
                                         OutputReading{OutputKind::kLogits, 0.25F, 1},
                                         OutputReading{OutputKind::kProbabilities, 0, 0},
                                         OutputReading{OutputKind::kProbabilities, 1.0F / 256, 0},
                                         OutputReading{OutputKind::kProbabilities, 1.0F / 256, 1}));

TEST(ExportOnnx, AnswersThatAreNotFiniteAreDeferred) {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> raw = {9, 0, 0, std::nanf(""), 1, 9, inf, 0, 0, -inf, 9, 0};
  for (const auto kind : {OutputKind::kLogits, OutputKind::kProbabilities}) {
    for (const bool pairs : {false, true}) {
      const Guard guard = random_guard(3, pairs, -100);
      export_onnx_alone(3, {kind, 0, 0}, {.guard = &guard}, scratch("finite.onnx"));
      const auto out = ort_run(scratch("finite.onnx"), raw, {4, 3});
      EXPECT_THAT(out.at("dflare_defer"), testing::ElementsAre(0, 1, 1, 1));
    }
  }
}

// A host, opened by the library: what it answers to random images, interpreted.
struct Host {
  std::unique_ptr<Model> model;
  OutputReading reading;
  Batch images;
  Answers answers;

  Host(const std::filesystem::path& file, std::size_t count)
      : model(open_model(file, unit_options())), images(random_images(model->info().shape, count, 9)) {
    model->query(images.views(), answers);
    reading = detect_reading(answers);
    answers.interpret(reading);
  }
  [[nodiscard]] double median_margin() const {
    std::vector<double> margins;
    for (std::size_t i = 0; i < answers.rows(); ++i) margins.push_back(top_margin(answers[i]));
    return median(margins) + 1e-4;
  }
};

class Hosts : public testing::TestWithParam<const char*> {};

TEST_P(Hosts, GiveTheRepairedLabelsInsideToo) {
  const auto file = std::filesystem::path(DFLARE_SOURCE_DIR) / GetParam();
  Host host(file, 64);
  const RepairHead head = random_head(host.answers.classes(), HeadFeatures::kLogProbabilities,
                                      DenseLayer::Activation::kRelu, host.median_margin());
  export_onnx(file, host.model->info().output_name, host.reading, {.head = &head}, scratch("repaired.onnx"));
  const auto repaired = open_model(scratch("repaired.onnx"), unit_options());
  EXPECT_EQ(repaired->info().output_name, "dflare_repaired");
  EXPECT_EQ(repaired->info().fixed_batch, host.model->info().fixed_batch);
  Answers again;
  repaired->query(host.images.views(), again);
  again.interpret({OutputKind::kLogits, 0, 0});
  std::size_t passed_on = 0;
  for (std::size_t i = 0; i < host.answers.rows(); ++i) {
    ASSERT_EQ(again[i].label, repaired_label(head, host.answers[i])) << i;
    passed_on += top_margin(host.answers[i]) >= head.below_margin ? 1U : 0U;
  }
  EXPECT_GT(passed_on, 10);
}

TEST_P(Hosts, KeepTheirAnswersBesideTheGuard) {
  const auto file = std::filesystem::path(DFLARE_SOURCE_DIR) / GetParam();
  Host host(file, 16);
  const Guard guard = random_guard(host.answers.classes(), true, host.median_margin());
  export_onnx(file, host.model->info().output_name, host.reading, {.guard = &guard}, scratch("guarded.onnx"));
  const auto guarded = open_model(scratch("guarded.onnx"), unit_options());
  EXPECT_EQ(guarded->info().output_name, host.model->info().output_name) << "found without --output-name";
  EXPECT_EQ(ask(*guarded, host.images.views()), ask(*host.model, host.images.views()));
}

INSTANTIATE_TEST_SUITE_P(AllKinds, Hosts,
                         testing::Values("examples/models/digits-lenet5-int8.onnx",
                                         "examples/models/patches-cnn-int8.onnx", "tests/models/ok_float.onnx",
                                         "tests/models/ok_coarse.onnx", "tests/models/fixed_batch4.onnx",
                                         "tests/models/n_c_1_1.onnx", "tests/models/fp16.onnx",
                                         "tests/models/u8_in_u8_out.onnx", "tests/models/one_row.onnx",
                                         "tests/models/no_output_shape.onnx"));

TEST(ExportOnnx, AGuardedExampleDefersAsTheLibraryDoesOn1000Images) {
  const auto file = std::filesystem::path(DFLARE_SOURCE_DIR) / "examples/models/digits-lenet5-int8.onnx";
  Host host(file, kImages);
  const Guard guard = random_guard(10, true, host.median_margin());
  export_onnx(file, "answer", host.reading, {.guard = &guard}, scratch("guarded.onnx"));
  std::vector<float> pixels;
  for (const InputView image : host.images.views()) {
    for (const std::uint8_t x : image.pixels()) pixels.push_back(static_cast<float>(x) / 255);
  }
  const auto out = ort_run(scratch("guarded.onnx"), pixels, {kImages, 1, 28, 28});
  ASSERT_THAT(out, UnorderedElementsAre(Key("answer"), Key("dflare_score"), Key("dflare_defer")));
  std::size_t deferred = 0;
  for (std::size_t i = 0; i < kImages; ++i) {
    ASSERT_EQ(first_largest(out.at("answer"), i, 10), host.answers[i].label);
    ASSERT_EQ(out.at("dflare_defer")[i] != 0, defers(guard, host.answers[i])) << i;
    deferred += defers(guard, host.answers[i]) ? 1U : 0U;
  }
  EXPECT_GT(deferred, 100);
  EXPECT_LT(deferred, 900);
}

TEST(ExportOnnx, AGuardBehindARepairedModelTakesOtherNames) {
  const auto file = model_path("ok_float.onnx");
  const RepairHead head = random_head(10, HeadFeatures::kProbabilities, DenseLayer::Activation::kRelu, 1);
  const Guard guard = random_guard(10, false, 0.5);
  export_onnx(file, "logits", {OutputKind::kLogits, 0, 0}, {.head = &head}, scratch("first.onnx"));
  const OnnxNames names = export_onnx(scratch("first.onnx"), "dflare_repaired", {OutputKind::kLogits, 0, 0},
                                      {.guard = &guard}, scratch("second.onnx"));
  EXPECT_EQ(names.defer, "dflare2_defer");
  EXPECT_EQ(open_model(scratch("second.onnx"), unit_options())->info().output_name, "dflare_repaired");
}

TEST(ExportOnnx, HeadAndGuardGoTogether) {
  const auto file = model_path("ok_float.onnx");
  const RepairHead head = random_head(10, HeadFeatures::kProbabilities, DenseLayer::Activation::kRelu, 1);
  const Guard guard = random_guard(10, true, 0.5);
  export_onnx(file, "logits", {OutputKind::kLogits, 0, 0}, {&head, &guard}, scratch("both.onnx"));
  const auto model = open_model(scratch("both.onnx"), unit_options());
  EXPECT_EQ(model->info().output_name, "dflare_repaired");
  EXPECT_EQ(model->info().classes, 10);
}

std::string complaint(const std::function<void()>& call, ErrorCode expected) {
  try {
    call();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), expected) << e.what();
    return std::string(e.what()) + " | " + e.hint();
  }
  return "none";
}

TEST(ExportOnnx, SaysWhyAHostCannotBeAddedTo) {
  const Guard guard = random_guard(10, true, 0.5);
  const Guard other = random_guard(7, true, 0.5);
  const OutputReading logits{OutputKind::kLogits, 0, 0};
  std::ofstream(scratch("broken.onnx"), std::ios::binary) << "no model at all";
  const auto to = [&](const std::filesystem::path& host, const std::string& output, const Guard& g,
                      const auto& target) {
    return [&, host, output, target] { export_onnx(host, output, logits, {.guard = &g}, target); };
  };
  const auto fine = scratch("out.onnx");
  EXPECT_THAT(complaint(to(scratch("broken.onnx"), "x", guard, fine), ErrorCode::kBadInput), HasSubstr("broken.onnx"));
  EXPECT_THAT(complaint(to(scratch("none.onnx"), "x", guard, fine), ErrorCode::kBadInput), HasSubstr("none.onnx"));
  EXPECT_THAT(complaint(to(model_path("ok_float.onnx"), "x", guard, fine), ErrorCode::kBadArgument), HasSubstr("'x'"));
  EXPECT_THAT(complaint(to(model_path("ok_float.onnx"), "logits", other, fine), ErrorCode::kBadArgument),
              HasSubstr("7 classes"));
  EXPECT_FALSE(std::filesystem::exists(fine)) << "nothing is written of what was refused";
  const auto under_a_file = scratch("broken.onnx") / "out.onnx";
  EXPECT_THAT(complaint(to(model_path("ok_float.onnx"), "logits", guard, under_a_file), ErrorCode::kCannotWrite),
              HasSubstr("out.onnx"));
}

}  // namespace
}  // namespace dflare
