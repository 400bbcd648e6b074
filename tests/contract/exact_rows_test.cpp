// Models whose rows affect each other are asked one row at a time, whatever the query holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "contract/models.h"
#include "query/onnx/batch_quantisers.h"

namespace dflare {
namespace {

using namespace testing_models;

std::vector<float> ask_one_by_one(Model& model, const Batch& images) {
  std::vector<float> all;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto one = ask(model, images.views().subspan(i, 1));
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

// Images whose brightest pixels differ, so that a scale that they share differs from each one's own.
Batch images_of_many_ranges(Shape shape) {
  Batch images(shape, 6);
  for (int i = 0; i < 6; ++i) {
    const auto row = images.append();
    for (std::size_t p = 0; p < row.size(); ++p) row[p] = static_cast<std::uint8_t>(p * 7 % (20 + 40 * i));
  }
  return images;
}

class MixingFile : public ::testing::TestWithParam<const char*> {};

TEST_P(MixingFile, AnswersABatchAsEachRowAlone) {
  const auto model = open_tiny(GetParam());
  const Batch images = images_of_many_ranges(model->info().shape);
  const auto alone = ask_one_by_one(*open_tiny(GetParam()), images);
  EXPECT_EQ(ask(*model, images.views()), alone);
  EXPECT_EQ(ask(*model->clone(), images.views()), alone);
  EXPECT_TRUE(model->info().row_by_row);
}

INSTANTIATE_TEST_SUITE_P(Every, MixingFile,
                         ::testing::Values("dynamic_quantised.onnx", "dynamic_in_subgraph.onnx", "mixes_rows.onnx"),
                         [](const auto& tested) { return std::string(tested.param, std::strcspn(tested.param, ".")); });

TEST(BatchQuantisers, AreFoundInGraphsAndSubgraphs) {
  EXPECT_TRUE(quantises_batches(model_path("dynamic_quantised.onnx")));
  EXPECT_TRUE(quantises_batches(model_path("dynamic_in_subgraph.onnx")));
  EXPECT_FALSE(quantises_batches(model_path("mixes_rows.onnx")));
  EXPECT_FALSE(quantises_batches(model_path("ok_float.onnx")));
}

TEST(BatchQuantisers, AreKnownBeforeTheModelIsAsked) {
  EXPECT_TRUE(open_tiny("dynamic_quantised.onnx")->info().row_by_row);
}

TEST(ExactRows, ModelsThatKeepTheirRowsApartAreAskedTogether) {
  for (const char* file : {"ok_float.onnx", "dense_float.tflite", "fixed_batch4.onnx"}) {
    const auto model = open_tiny(file);
    ask(*model, random_images(model->info().shape, 6, 1).views());
    EXPECT_FALSE(model->info().row_by_row) << file;
  }
}

// A batch makes NaN by other instructions than a row alone does.
TEST(ExactRows, AModelThatAnswersNanIsNoModelThatMixesItsRows) {
  const auto model = open_tiny("nan_output.onnx");
  ask(*model, random_images(model->info().shape, 6, 1).views());
  EXPECT_FALSE(model->info().row_by_row);
}

// Counts its queries; rows of a query of several see the largest pixel of them all, or each its own.
class Mixer final : public Model {
 public:
  Mixer(bool mixes, std::shared_ptr<std::vector<std::size_t>> queries)
      : mixes_(mixes), queries_(std::move(queries)), toy_(make_function_model({4, 4, 1}, 2, [](auto, auto) {})) {}

  [[nodiscard]] const ModelInfo& info() const override { return toy_->info(); }
  void query(std::span<const InputView> inputs, Answers& out) override {
    queries_->push_back(inputs.size());
    const auto raw = out.prepare(inputs.size(), 2);
    std::uint8_t shared = 0;
    for (const InputView& input : inputs) shared = std::max(shared, largest(input));
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      raw[2 * row] = mixes_ ? shared : largest(inputs[row]);
      raw[2 * row + 1] = 1;
    }
  }
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<Mixer>(mixes_, queries_); }

 private:
  static std::uint8_t largest(InputView input) { return *std::ranges::max_element(input.pixels()); }

  bool mixes_;
  std::shared_ptr<std::vector<std::size_t>> queries_;
  std::unique_ptr<Model> toy_;
};

TEST(ExactRows, OneProbeServesAllClones) {
  for (const bool mixes : {false, true}) {
    const auto queries = std::make_shared<std::vector<std::size_t>>();
    const auto model = keep_rows_exact(std::make_unique<Mixer>(mixes, queries));
    const auto twin = model->clone();
    const Batch images = images_of_many_ranges({4, 4, 1});
    ask(*model, images.views().first(1));
    EXPECT_EQ(queries->size(), 1U) << "a single row needs no probe";
    ask(*model, images.views());
    EXPECT_EQ(twin->info().row_by_row, mixes);
    queries->clear();
    ask(*twin, images.views());
    EXPECT_EQ(*queries, mixes ? std::vector<std::size_t>(6, 1) : std::vector<std::size_t>{6});
  }
}

}  // namespace
}  // namespace dflare
