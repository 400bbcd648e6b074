// What every backend promises (model.h), checked on each of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <thread>

#include "contract/models.h"
#include "dflare/error.h"
#include "support/inference_server.h"

namespace dflare {
namespace {

using namespace testing_models;

struct Backend {
  std::string name;
  std::function<std::unique_ptr<Model>()> open;  // null: the file is not there

  friend void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }
};

std::unique_ptr<Model> open_toy() {
  return make_function_model({8, 8, 1}, 3, [](InputView image, std::span<float> out) {
    out[0] = image.data[0];
    out[1] = image.data[1] * 0.5F;
    out[2] = 1;
  });
}

void brightest_corner(std::span<const InputView> images, std::span<float> out) {
  for (std::size_t row = 0; row < images.size(); ++row) {
    const auto pixels = images[row].pixels();
    out[3 * row] = pixels.front();
    out[3 * row + 1] = pixels.back() * 0.5F;
    out[3 * row + 2] = 1;
  }
}

std::unique_ptr<Model> open_batches() {
  return make_batch_model({.path = "own", .shape = {8, 8, 1}, .classes = 3}, brightest_corner);
}

std::unique_ptr<Model> open_fixed_batches() {
  return make_batch_model({.path = "own", .shape = {8, 8, 1}, .classes = 3, .fixed_batch = 4}, brightest_corner);
}

Backend tiny(const std::string& name, const std::string& file, ModelOptions options = unit_options()) {
  return {name, [file, options] { return open_tiny(file, options); }};
}

Backend command(const std::string& name, const std::string& options) {
  return {name,
          [options] { return open_model(std::string("exec:") + DFLARE_EXEC_CHILD + " " + options, unit_options()); }};
}

Backend remote(const std::string& name, const std::string& model, const std::string& before = "") {
  return {name, [model, before] {
            return open_model(test::InferenceServer::shared().address(model, before), unit_options());
          }};
}

Backend real(const std::string& name, const std::string& file, TfliteKernels kernels) {
  return {name, [file, kernels]() -> std::unique_ptr<Model> {
            const auto path = shared_data() / "models" / file;
            if (!std::filesystem::exists(path)) return nullptr;
            ModelOptions options = unit_options();
            options.tflite_kernels = kernels;
            return open_model(path, options);
          }};
}

std::vector<Backend> backends() {
  ModelOptions open_size = unit_options();
  open_size.input_height = open_size.input_width = 12;
  ModelOptions named = unit_options();
  named.output_name = "probabilities";
  std::vector<Backend> all = {
      {"Toy", open_toy},
      {"OwnBatches", open_batches},
      {"OwnFixedBatches", open_fixed_batches},
      tiny("OnnxFloat", "ok_float.onnx"),
      tiny("OnnxColour", "colour.onnx"),
      tiny("OnnxFixedBatch", "fixed_batch4.onnx"),
      tiny("OnnxHalf", "fp16.onnx"),
      tiny("OnnxBytes", "u8_in_u8_out.onnx", {}),
      tiny("OnnxNhwc", "nhwc.onnx"),
      tiny("OnnxRank3", "rank3.onnx"),
      tiny("OnnxOneRow", "one_row.onnx"),
      tiny("OnnxNxCx1x1", "n_c_1_1.onnx"),
      tiny("OnnxUndeclaredOutput", "no_output_shape.onnx"),
      tiny("OnnxHardCodedBatch", "hard_coded_batch.onnx"),
      tiny("OnnxNamedOutput", "two_outputs.onnx", named),
      tiny("OnnxOpenSize", "open_size.onnx", open_size),
      command("ExecBytes", "u8"),
      command("ExecFloats", "f32 size=5x6x3"),
      command("ExecChannelsFirst", "f32 size=3x6x5"),
      command("ExecFixedBatch", "fixed=4"),
      command("ExecLargestBatch", "largest=5"),
      remote("HttpFloats", "plain"),
      remote("HttpFloatsAsText", "plain", "/json"),
      remote("HttpBytes", "bytes"),
      remote("HttpFixedBatch", "fixed"),
  };
  for (const auto kernels : {TfliteKernels::kXnnpack, TfliteKernels::kBuiltin}) {
    const std::string which = kernels == TfliteKernels::kXnnpack ? "Xnnpack" : "Builtin";
    ModelOptions options = unit_options();
    options.tflite_kernels = kernels;
    all.push_back(tiny("Tflite" + which + "Float", "dense_float.tflite", options));
    all.push_back(tiny("Tflite" + which + "OutsideWeights", "outside_weights.tflite", options));
    all.push_back(tiny("Tflite" + which + "Int8", "dense_int8.tflite", options));
    all.push_back(tiny("Tflite" + which + "HardCodedBatch", "dense_batch1.tflite", options));
    all.push_back(tiny("Tflite" + which + "Stateful", "stateful.tflite", options));
    all.push_back(real("Tflite" + which + "LeNet5Hybrid", "diffchaser/lenet5-quan.tflite", kernels));
    all.push_back(real("Tflite" + which + "ResNet8Int8", "mlperf_tiny/ic_resnet8_int8.tflite", kernels));
  }
  all.push_back(real("TfliteMobileNetBytes", "imagenet/mobilenet_v1_0.25_224_quant.tflite", TfliteKernels::kXnnpack));
  return all;
}

class ModelContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    model_ = GetParam().open();
    if (model_ == nullptr) GTEST_SKIP() << "the shared data is not there";
    count_ = shape().size() > 100'000 ? 3 : 70;
  }
  [[nodiscard]] Shape shape() const { return model_->info().shape; }

  std::unique_ptr<Model> model_;
  std::size_t count_ = 0;  // of images worth asking
};

TEST_P(ModelContract, AnswersEveryRowWithAllClasses) {
  const auto images = random_images(shape(), count_, 1);
  EXPECT_EQ(ask(*model_, images.views()).size(), count_ * model_->info().classes);
}

TEST_P(ModelContract, DifferentImagesGetDifferentAnswers) {
  const auto images = random_images(shape(), 2, 1);
  const auto answers = ask(*model_, images.views());
  const auto half = answers.begin() + static_cast<std::ptrdiff_t>(model_->info().classes);
  EXPECT_FALSE(std::equal(answers.begin(), half, half));
}

TEST_P(ModelContract, RowsDoNotAffectEachOther) {
  const auto images = random_images(shape(), count_, 1);
  const auto others = random_images(shape(), count_, 2);
  std::vector<InputView> mixed(others.views().begin(), others.views().end());
  const std::size_t row = count_ / 2;
  mixed[row] = images[row];
  const auto a = ask(*model_, images.views());
  const auto b = ask(*model_, mixed);
  const std::size_t classes = model_->info().classes;
  const auto begin = static_cast<std::ptrdiff_t>(row * classes);
  EXPECT_TRUE(
      std::equal(a.begin() + begin, a.begin() + begin + static_cast<std::ptrdiff_t>(classes), b.begin() + begin));
}

TEST_P(ModelContract, NothingIsRememberedBetweenQueries) {
  const auto images = random_images(shape(), count_, 1);
  const auto others = random_images(shape(), count_, 2);
  const auto before = ask(*model_, images.views());
  ask(*model_, others.views());
  EXPECT_EQ(ask(*model_, images.views()), before);
}

// The same bits: TensorFlow Lite's builtin float kernels, which add up in another order at another batch size, are
// asked row by row.
TEST_P(ModelContract, BatchOneEqualsBatchN) {
  const auto images = random_images(shape(), count_, 1);
  const auto together = ask(*model_, images.views());
  for (const std::size_t batch : {1, 2, 3, 5, 7, 33}) {
    std::vector<float> apart;
    for (std::size_t first = 0; first < count_; first += batch) {
      const auto rows = ask(*model_, images.views().subspan(first, std::min(batch, count_ - first)));
      apart.insert(apart.end(), rows.begin(), rows.end());
    }
    EXPECT_EQ(apart, together) << "batch " << batch;
  }
}

TEST_P(ModelContract, MoreRowsThanReservedWork) {
  const auto images = random_images(shape(), count_, 1);
  const auto expected = ask(*model_, images.views());
  const auto small = model_->clone();
  small->reserve(5);
  EXPECT_EQ(ask(*small, images.views()), expected);
}

TEST_P(ModelContract, ReservingMoreLaterKeepsTheAnswers) {
  const auto images = random_images(shape(), count_, 1);
  const auto expected = ask(*model_, images.views());
  const auto growing = model_->clone();
  for (const std::size_t rows : {1, 12, 48}) {
    growing->reserve(rows);
    EXPECT_EQ(ask(*growing, images.views()), expected) << rows;
  }
}

TEST_P(ModelContract, TwoInstancesAnswerAtOnce) {
  const auto images = random_images(shape(), count_, 1);
  const auto expected = ask(*model_, images.views());
  const auto twin = model_->clone();
  std::vector<float> answers[2];
  const auto ask_often = [&](Model& model, std::vector<float>& out) {
    for (int i = 0; i < 5; ++i) out = ask(model, images.views());
  };
  std::thread other([&] { ask_often(*twin, answers[1]); });
  ask_often(*model_, answers[0]);
  other.join();
  EXPECT_EQ(answers[0], expected);
  EXPECT_EQ(answers[1], expected);
}

TEST_P(ModelContract, CloneOutlivesTheModelItCameFrom) {
  const auto images = random_images(shape(), 3, 1);
  const auto expected = ask(*model_, images.views());
  const auto clone = model_->clone();
  model_.reset();
  EXPECT_EQ(ask(*clone, images.views()), expected);
}

TEST_P(ModelContract, WrongShapeIsRefused) {
  const auto right = random_images(shape(), 1, 1);
  const auto wrong = random_images({shape().height + 1, shape().width, shape().channels}, 1, 1);
  const std::vector<InputView> query = {right[0], wrong[0]};
  Answers answers;
  try {
    model_->query(query, answers);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadArgument);
  }
}

TEST_P(ModelContract, EmptyQueryIsRefused) {
  Answers answers;
  EXPECT_THROW(model_->query({}, answers), Error);
}

INSTANTIATE_TEST_SUITE_P(Every, ModelContract, ::testing::ValuesIn(backends()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace dflare
