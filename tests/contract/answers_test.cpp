// The same little network in many dresses: all must give the answer of the plain one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "contract/models.h"

namespace dflare {
namespace {

using namespace testing_models;

constexpr Shape kGrey{8, 8, 1};

class SameNetwork : public ::testing::TestWithParam<std::string> {};

TEST_P(SameNetwork, AnswersAsThePlainModel) {
  const auto images = random_images(kGrey, 9, 3);
  const auto expected = ask(*open_tiny("ok_float.onnx"), images.views());
  const auto model = open_tiny(GetParam());
  const float tolerance = GetParam() == "fp16.onnx" ? 0.02F : 1e-5F;
  const auto actual = ask(*model, images.views());
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], tolerance) << i;
}

INSTANTIATE_TEST_SUITE_P(Dressed, SameNetwork,
                         ::testing::Values("fixed_batch4.onnx", "fp16.onnx", "nhwc.onnx", "rank3.onnx", "one_row.onnx",
                                           "n_c_1_1.onnx", "no_output_shape.onnx"),
                         [](const auto& tested) { return tested.param.substr(0, tested.param.find('.')); });

TEST(OnnxModel, BytesInAndOutAreTheSoftmaxInSteps) {
  const auto images = random_images(kGrey, 9, 3);
  Answers plain;
  open_tiny("ok_float.onnx")->query(images.views(), plain);
  plain.interpret({OutputKind::kLogits});
  const auto model = open_tiny("u8_in_u8_out.onnx", {});
  EXPECT_EQ(model->info().input_type, "uint8");
  EXPECT_EQ(model->info().output_type, "uint8");
  const auto bytes = ask(*model, images.views());
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_NEAR(bytes[i], plain[i / 10].p[i % 10] * 255, 0.51);
}

TEST(OnnxModel, ChannelOrderSwapsRedAndBlue) {
  const auto images = random_images({8, 8, 3}, 4, 3);
  Batch swapped({8, 8, 3}, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto row = swapped.append();
    for (std::size_t p = 0; p < row.size(); ++p) row[p] = images[i].data[p - p % 3 + (2 - p % 3)];
  }
  auto options = unit_options();
  options.preprocess.mean = {0.1F, 0.2F, 0.1F};
  const auto expected = ask(*open_tiny("colour.onnx", options), swapped.views());
  options.preprocess.order = ChannelOrder::kBgr;
  EXPECT_EQ(ask(*open_tiny("colour.onnx", options), images.views()), expected);
}

TEST(TfliteModel, Int8AnswersLikeFloatWithinItsSteps) {
  const auto images = random_images(kGrey, 9, 3);
  const auto expected = ask(*open_tiny("dense_float.tflite"), images.views());
  const auto model = open_tiny("dense_int8.tflite");
  EXPECT_FLOAT_EQ(model->info().output_scale, 0.0625F);
  const auto actual = ask(*model, images.views());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 0.1);
}

TEST(TfliteModel, HardCodedBatchStaysAtOne) {
  EXPECT_EQ(open_tiny("dense_float.tflite")->info().fixed_batch, 0);
  EXPECT_EQ(open_tiny("dense_batch1.tflite")->info().fixed_batch, 1);
}

// The answers of "dense" and of "stateful" (memory emptied) differ by the last of the memory's weights, which is 1.
TEST(TfliteModel, StateIsResetBeforeEachQuery) {
  const auto images = random_images(kGrey, 5, 3);
  const auto expected = ask(*open_tiny("dense_float.tflite"), images.views());
  const auto model = open_tiny("stateful.tflite");
  for (int i = 0; i < 2; ++i) {
    const auto actual = ask(*model, images.views());
    for (std::size_t c = 0; c < actual.size(); ++c) EXPECT_NEAR(actual[c], expected[c], 1e-5);
  }
}

TEST(OnnxModel, NanAndInfinityComeThroughAsAnswers) {
  Batch images(kGrey, 2);
  std::ranges::fill(images.append(), std::uint8_t{10});
  std::ranges::fill(images.append(), std::uint8_t{250});
  for (const char* file : {"nan_output.onnx", "inf_output.onnx"}) {
    Answers answers;
    open_tiny(file)->query(images.views(), answers);
    answers.interpret({OutputKind::kLogits});
    EXPECT_TRUE(answers[0].finite) << file;
    EXPECT_FALSE(answers[1].finite) << file;
  }
}

TEST(OnnxModel, ConstantModelTiesEverywhere) {
  const auto images = random_images(kGrey, 2, 3);
  Answers answers;
  open_tiny("constant.onnx")->query(images.views(), answers);
  answers.interpret({OutputKind::kLogits});
  EXPECT_TRUE(answers[0].tie && answers[1].tie);
}

TEST(OnnxModel, InfoTellsNamesShapeAndRuntime) {
  const auto model = open_tiny("ok_float.onnx");
  const auto& info = model->info();
  EXPECT_EQ(info.input_name, "image");
  EXPECT_EQ(info.output_name, "logits");
  EXPECT_EQ(info.shape, kGrey);
  EXPECT_EQ(info.layout, Layout::kNchw);
  EXPECT_EQ(info.classes, 10U);
  EXPECT_EQ(info.runtime.rfind("onnxruntime 1.", 0), 0U) << info.runtime;
  EXPECT_EQ(open_tiny("nhwc.onnx")->info().layout, Layout::kNhwc);
  EXPECT_EQ(open_tiny("fixed_batch4.onnx")->info().fixed_batch, 4);
}

TEST(TfliteModel, InfoTellsTheKernels) {
  EXPECT_NE(open_tiny("dense_float.tflite")->info().runtime.find("(xnnpack)"), std::string::npos);
  auto options = unit_options();
  options.tflite_kernels = TfliteKernels::kBuiltin;
  EXPECT_NE(open_tiny("dense_float.tflite", options)->info().runtime.find("(builtin)"), std::string::npos);
}

}  // namespace
}  // namespace dflare
